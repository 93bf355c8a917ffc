/** Finds and reads `leakwatch.config.json`. Every watched process pays for it: it looks for one file and reads that. */
import { createRequire } from 'node:module'
import { dirname, isAbsolute, resolve, sep } from 'node:path'

const { existsSync, readFileSync } = process.getBuiltinModule('node:fs')
/** Loaded where something is wrong. */
const errors = () => (require('../../errors/errors.js') as typeof import('../../errors/errors.ts')).errors

const fileName = 'leakwatch.config.json'

/** A value of a config file, and the file that has it: paths are relative to that file. */
export interface ConfigEntry {
  value: unknown
  file: string
}

export type Config = Map<string, ConfigEntry>

/** `complain` is told what is wrong with a file; the rest of the file counts. Where `file` is `null`, nothing is set. */
export function readConfig(file: string | null, complain: (line: string) => void): Config {
  const config: Config = new Map()
  if (file !== null) readInto(config, file, new Set(), complain)
  return config
}

let early: { cwd: string; file: string | null } | null = null

/**
 * The file that counts in `cwd`; `null`: none. `named` is what `LEAKWATCH_CONFIG` says. `isEarly`: who asks next has the answer, too. A start asks for
 * its cache, and at once for the other settings.
 */
export function configFile(cwd: string, named: string | undefined, isEarly = false): string | null {
  if (named !== undefined) return absolute(cwd, named)
  const file = early?.cwd === cwd ? early.file : findConfig(cwd)
  early = isEarly ? { cwd, file } : null
  return file
}

/** Stays relative where the working directory was deleted: `resolve` would throw. */
export function absolute(folder: string, path: string): string {
  return folder === '' ? path : resolve(folder, path)
}

/** In the working directory and upward to the repository's root, the folder with `.git`. */
function findConfig(cwd: string): string | null {
  if (!isAbsolute(cwd)) return null
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = pathIn(folder, fileName)
    if (exists(file)) return file
    if (exists(pathIn(folder, '.git')) || dirname(folder) === folder) return null
  }
}

/** `join` looks at each character, which takes longer than to ask for the file where nothing is compiled yet. `folder` has no `..` in it. */
export function pathIn(folder: string, name: string): string {
  return folder.endsWith(sep) ? folder + name : folder + sep + name
}

/** Node's permission model throws where it may not look. */
function exists(path: string): boolean {
  try {
    return existsSync(path)
  } catch {
    return false
  }
}

/** A file that extends another is read first: what it has set stays. */
function readInto(config: Config, file: string, seen: Set<string>, complain: (line: string) => void): void {
  if (seen.has(file)) {
    complain(errors().LEAKWATCH_CONFIG_CIRCULAR(file))
    return
  }
  seen.add(file)
  const keys = readKeys(file, complain)
  if (keys === null) return
  for (const [key, value] of Object.entries(keys)) {
    if (key !== 'extends' && key !== '$schema' && !config.has(key)) config.set(key, { value, file })
  }
  const base = keys.extends
  if (base === undefined) return
  if (typeof base !== 'string') {
    complain(errors().LEAKWATCH_EXTENDS_INVALID(file, JSON.stringify(base)))
    return
  }
  readInto(config, resolveBase(base, file), seen, complain)
}

/** A path relative to the file; a bare name may also be a package's. */
function resolveBase(base: string, file: string): string {
  const path = resolve(dirname(file), base)
  if (base.startsWith('.') || isAbsolute(base) || existsSync(path)) return path
  try {
    return createRequire(file).resolve(base)
  } catch {
    return path
  }
}

function readKeys(
  file: string,
  complain: (line: string) => void,
): { [key: string]: unknown; extends?: unknown } | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    complain(errors().LEAKWATCH_CONFIG_UNREADABLE.file(file, String(code)))
    return null
  }
  let got: string
  try {
    const keys = parseJsonc(text)
    if (typeof keys === 'object' && keys !== null && !Array.isArray(keys))
      return keys as Record<string, unknown>
    got = Array.isArray(keys) ? 'an array' : `\`${JSON.stringify(keys)}\``
  } catch (error) {
    got = (error as Error).message
  }
  complain(errors().LEAKWATCH_CONFIG_INVALID(file, got))
  return null
}

/** JSON with comments and trailing commas. Throws what `JSON.parse` throws; positions in its message hold. */
function parseJsonc(text: string): unknown {
  // Strings come first in each pattern, so that what looks like a comment or a comma in one stays. A byte order mark
  // is white space to people.
  const bare = text
    .replace(/^\ufeff/, ' ')
    .replace(/"(?:\\.|[^"\\])*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g, (match) =>
      match[0] === '"' ? match : blank(match),
    )
  return JSON.parse(
    bare.replace(/"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g, (match) => (match === ',' ? ' ' : match)),
  )
}

function blank(comment: string): string {
  return comment.replace(/[^\n\r]/g, ' ')
}
