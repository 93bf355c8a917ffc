/** Reads source files, and keeps their text up to a limit: a process that reports again need not read them again. */
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

const longestFile = 64 * 1024 * 1024
/** The limit, in characters of all files together. */
const keptLimit = 16 * 1024 * 1024
/** A longer line is minified code, which nobody reads. */
const longestLine = 500

let keptCharacters = 0
const texts = new Map<string, string | null>()
const lines = new Map<string, readonly string[]>()

/** Reads regular files only: a program may have named its code after a pipe. */
export function fileText(file: string): string | null {
  const known = texts.get(file)
  if (known !== undefined) return known
  let text: string | null = null
  try {
    const stat = isAbsolute(file) ? statSync(file) : null
    if (stat?.isFile() && stat.size <= longestFile) text = readFileSync(file, 'utf8')
  } catch {
    // there is no such file, or it may not be read
  }
  return keepText(file, text)
}

/** From now on `file` has this text, whatever the disk has. */
export function keepText(file: string, text: string | null): string | null {
  const size = text?.length ?? 0
  if (keptCharacters + size > keptLimit || texts.size === 1000) {
    keptCharacters = 0
    texts.clear()
    lines.clear()
  }
  if (size <= keptLimit) {
    keptCharacters += size
    texts.set(file, text)
    lines.delete(file)
  }
  return text
}

/** A line, counted from 1. `null`: there is none, or it is too long. */
export function lineOf(file: string, line: number): string | null {
  let all = lines.get(file)
  if (all === undefined) {
    const text = fileText(file)
    if (text === null) return null
    all = text.split(/\r\n|[\n\r\u2028\u2029]/)
    lines.set(file, all)
  }
  const found = all[line - 1]
  return found === undefined || found.length > longestLine ? null : found
}
