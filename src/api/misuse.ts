/** Rejects wrong arguments of the API at once: by a `TypeError` with a code, in the words that settings use. */

import type { errors as table } from '../errors/errors.ts'
import { didYouMean } from '../settings/did-you-mean.ts'
import type { Accepted } from '../settings/setting-values.ts'

/** The table of errors, which is loaded with the first misuse. */
export function errors(): typeof table {
  return (require('../errors/errors.js') as typeof import('../errors/errors.ts')).errors
}

/** The error to throw. `line` is one of the table: it begins with its code. */
export function misuse(line: string): TypeError {
  return Object.assign(new TypeError(line), { code: line.slice(0, line.indexOf(':')) })
}

/** What an argument is, instead of what was expected. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return value === '' ? 'an empty string' : typeof value
}

export function isReason(reason: unknown): boolean {
  return typeof reason === 'string' && reason.trim() !== ''
}

export function expectName(name: unknown): void {
  if (typeof name !== 'string' || name === '') throw misuse(errors().LEAKWATCH_ENGINE_NAME(kindOf(name)))
}

/** Expects an object that has no other keys: a mistyped one would have no effect. */
export function expectKeys(options: unknown, keys: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw misuse(errors().LEAKWATCH_OPTIONS(kindOf(options)))
  for (const key of Object.keys(options)) {
    if (keys.includes(key)) continue
    const among = keys.map((each) => `\`${each}\``).join(', ')
    throw misuse(errors().LEAKWATCH_OPTION_UNKNOWN(among, key, didYouMean(key, keys).trim()))
  }
}

/** The value, as a setting reads it; `undefined`: it is not given. `lineOf` picks the line of a value that makes no sense. */
export function readOption<Value>(
  lineOf: (lines: typeof table) => { option(name: string, expected: string, value: string): string },
  name: string,
  value: unknown,
  accepts: Pick<Accepted<Value>, 'expected' | 'read' | 'culprit'>,
): Value | undefined {
  if (value === undefined) return undefined
  const read = accepts.read(value)
  if (read !== undefined) return read
  const got = shown(accepts.culprit?.(value) ?? value)
  throw misuse(lineOf(errors()).option(name, accepts.expected, got))
}

const longestShown = 60

/** On one line, and without running a method of the value's. */
function shown(value: unknown): string {
  const { inspect } = process.getBuiltinModule('node:util')
  const options = { breakLength: Number.POSITIVE_INFINITY, customInspect: false, depth: 1 }
  const all = typeof value === 'string' ? value : inspect(value, options).replace(/\s+/g, ' ')
  return all.length > longestShown ? `${all.slice(0, longestShown)}…` : all
}
