/** The text of source files, kept while it is small: a process that reports again need not read them again. */
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

const longestFile = 64 * 1024 * 1024
/** In characters, all files together. */
const keptLimit = 16 * 1024 * 1024
/** Minified code: nobody reads a line of it. */
const longestLine = 500

let kept = 0
const texts = new Map<string, string | null>()
const lines = new Map<string, readonly string[]>()

/** Only whole regular files are read: a program may have given its code the name of a pipe. */
export function fileText(file: string): string | null {
  const known = texts.get(file)
  if (known !== undefined) return known
  let text: string | null = null
  try {
    const stat = isAbsolute(file) ? statSync(file) : null
    if (stat?.isFile() && stat.size <= longestFile) text = readFileSync(file, 'utf8')
  } catch {
    // not there, or not ours to read
  }
  return keepText(file, text)
}

/** From now on `file` has this text, whatever is on the disk. */
export function keepText(file: string, text: string | null): string | null {
  const size = text?.length ?? 0
  if (kept + size > keptLimit || texts.size === 1000) {
    kept = 0
    texts.clear()
    lines.clear()
  }
  if (size <= keptLimit) {
    kept += size
    texts.set(file, text)
    lines.delete(file)
  }
  return text
}

/** A line, counted from 1; `null` where there is none, or where it is too long to be read. */
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
