/** What each kind of setting accepts. Values come as text from the environment, as JSON from a config file. */
import type { IgnoreRule } from '../judge/ignore.ts'
import type { VerbLists } from './setting-lists.ts'

export interface Accepted<Value> {
  /** Ends `expected X to be …`. */
  expected: string
  /** Part of the complaint's code. */
  fault: 'UNKNOWN' | 'INVALID'
  /** `undefined`: the value makes no sense. */
  read(value: unknown): Value | undefined
  /** The part of the value that is wrong; by default all of it. */
  culprit?(value: unknown): unknown
}

export function oneOf<Value extends string>(...values: readonly Value[]): Accepted<Value> {
  return oneOfNames(() => values)
}

/** The same of names that stand elsewhere: `names` is asked once there is a value. */
export function oneOfNames<Value extends string>(names: () => readonly Value[]): Accepted<Value> {
  return {
    get expected() {
      return `one of ${names()
        .map((name) => `\`${name}\``)
        .join(', ')}`
    },
    fault: 'UNKNOWN',
    read: (value) => names().find((each) => each === value),
  }
}

/** A config file may also say `true` and `false`. */
export const onOrOff: Accepted<boolean> = {
  expected: 'one of `on`, `off`',
  fault: 'UNKNOWN',
  read: (value) =>
    value === 'on' || value === true ? true : value === 'off' || value === false ? false : undefined,
}

/** The longest time that a timer can wait; Node turns a longer one into 1 ms. */
const longestMs = 2_147_483_647

export const milliseconds: Accepted<number> = numberUpTo(longestMs, 'a number of milliseconds')
export const percent: Accepted<number> = numberUpTo(100, 'a percentage')

function numberUpTo(highest: number, expected: string): Accepted<number> {
  return {
    expected: `${expected} from 0 to ${highest}`,
    fault: 'INVALID',
    read(value) {
      const number = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
      return typeof number === 'number' && number >= 0 && number <= highest ? number : undefined
    },
  }
}

export const text: Accepted<string> = {
  expected: 'text',
  fault: 'INVALID',
  read: (value) => (typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined),
}

/** A config file may also say `false`. */
export const folderOrOff: Accepted<string> = {
  expected: '`auto`, `off` or a folder',
  fault: 'INVALID',
  read: (value) => (value === false ? 'off' : text.read(value)),
}

/** Nobody can listen to these two. */
const unlistenable = new Set(['SIGKILL', 'SIGSTOP'])

export const signal: Accepted<NodeJS.Signals | null> = {
  expected: 'a signal that can be listened to, such as `SIGUSR2`, or `none`',
  fault: 'UNKNOWN',
  read(value) {
    if (value === 'none') return null
    const { constants } = process.getBuiltinModule('node:os')
    const isSignal =
      typeof value === 'string' && Object.hasOwn(constants.signals, value) && !unlistenable.has(value)
    return isSignal ? (value as NodeJS.Signals) : undefined
  },
}

/** Loaded with the first list that is given. */
const lists = (): typeof import('./setting-lists.ts') => require('./setting-lists.js')

/** Of `setting-lists.ts`. */
function listOf<Value>(list: () => Accepted<Value>): Accepted<Value> {
  return {
    get expected() {
      return list().expected
    },
    fault: 'INVALID',
    read: (value) => list().read(value),
    culprit: (value) => list().culprit?.(value) ?? value,
  }
}

export const ignoreRules: Accepted<readonly IgnoreRule[]> = listOf(() => lists().ignoreRules)
export const verbLists: Accepted<VerbLists> = listOf(() => lists().verbLists)
