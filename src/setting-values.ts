/** What each kind of setting accepts. Values come as text from the environment, as JSON from a config file. */
import type { IgnoreRule } from './judge/ignore.ts'
import type { Verdict } from './judge/verdict.ts'

export interface Accepted<Value> {
  /** Ends `expected X to be …`. */
  expected: string
  /** Part of the complaint's code. */
  fault: 'UNKNOWN' | 'INVALID'
  /** `undefined`: makes no sense. */
  read(value: unknown): Value | undefined
  /** The part of a senseless value that makes it so; all of it by default. */
  culprit?(value: unknown): unknown
}

export function oneOf<Value extends string>(...values: readonly Value[]): Accepted<Value> {
  return {
    expected: `one of ${values.map((value) => `\`${value}\``).join(', ')}`,
    fault: 'UNKNOWN',
    read: (value) => values.find((each) => each === value),
  }
}

/** A config file may also say `true` and `false`. */
export const onOrOff: Accepted<boolean> = {
  expected: 'one of `on`, `off`',
  fault: 'UNKNOWN',
  read: (value) =>
    value === 'on' || value === true ? true : value === 'off' || value === false ? false : undefined,
}

/** What a timer can wait; Node turns longer ones into 1 ms. */
const longestMs = 2_147_483_647

export const milliseconds: Accepted<number> = numberUpTo(longestMs, 'a number of milliseconds')
export const percent: Accepted<number> = numberUpTo(100, 'a percentage')

function numberUpTo(most: number, expected: string): Accepted<number> {
  return {
    expected: `${expected} from 0 to ${most}`,
    fault: 'INVALID',
    read(value) {
      const number = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
      return typeof number === 'number' && number >= 0 && number <= most ? number : undefined
    },
  }
}

export const text: Accepted<string> = {
  expected: 'text',
  fault: 'INVALID',
  read: (value) => (typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined),
}

/** Nobody can listen to these two. */
const deaf = new Set(['SIGKILL', 'SIGSTOP'])

export const signal: Accepted<NodeJS.Signals | null> = {
  expected: 'a signal that can be listened to, such as `SIGUSR2`, or `none`',
  fault: 'UNKNOWN',
  read(value) {
    if (value === 'none') return null
    const { constants } = process.getBuiltinModule('node:os')
    const isSignal = typeof value === 'string' && Object.hasOwn(constants.signals, value) && !deaf.has(value)
    return isSignal ? (value as NodeJS.Signals) : undefined
  },
}

/** All that there are: the compiler sees to that. */
export const kinds: Readonly<Record<Verdict, true>> = {
  'never-stopped': true,
  'stop-incomplete': true,
  'stop-pending': true,
  'start-failed': true,
  restarted: true,
  abandoned: true,
  overdue: true,
  growing: true,
  orphan: true,
}
const ruleKeys = new Set(['kind', 'engine', 'type', 'file', 'package', 'id', 'reason'])

/** All rules or none: nobody should have to guess which of a list count. */
export const ignoreRules: Accepted<readonly IgnoreRule[]> = {
  expected:
    'a JSON array of rules `{ kind?, engine?, type?, file?, package?, id?, reason }`, each with a `reason` and at least one other key, and a `kind` that there is',
  fault: 'INVALID',
  read(value) {
    const rules = parsed(value)
    return Array.isArray(rules) && rules.every(isRule) ? rules : undefined
  },
  culprit(value) {
    const rules = parsed(value)
    return Array.isArray(rules) ? rules.find((rule) => !isRule(rule)) : value
  },
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

function isRule(rule: unknown): rule is IgnoreRule {
  if (typeof rule !== 'object' || rule === null) return false
  const entries = Object.entries(rule)
  const { kind, reason } = rule as { kind?: unknown; reason?: unknown }
  if (kind !== undefined && !Object.hasOwn(kinds, String(kind))) return false
  if (typeof reason !== 'string' || reason.trim() === '' || entries.length < 2) return false
  return entries.every(([key, value]) => ruleKeys.has(key) && typeof value === 'string')
}

/** ` Did you mean …?`, where one of `names` is near enough; `prefix`: of all of them. */
export function didYouMean(given: string, names: Iterable<string>, prefix = ''): string {
  const word = given.slice(prefix.length).toLowerCase()
  let nearest: string | null = null
  let amiss = word.length / 2
  for (const name of names) {
    const distance = lettersAmiss(word, name.slice(prefix.length).toLowerCase())
    if (distance >= amiss) continue
    amiss = distance
    nearest = name
  }
  return nearest === null ? '' : ` Did you mean \`${nearest}\`?`
}

/** How many letters have to be put in, taken out or replaced; less than one where the end alone is missing, or too much. */
function lettersAmiss(from: string, to: string): number {
  const [short, long] = from.length < to.length ? [from, to] : [to, from]
  if (short.length > 2 && short !== long && long.startsWith(short)) return 0.5
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
