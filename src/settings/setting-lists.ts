/** Settings that are lists. */
import type { IgnoreRule } from '../judge/ignore.ts'
import { isKind } from '../judge/kinds/list.ts'
import type { Accepted } from './setting-values.ts'

/** Method names that start an engine, and that stop one, beside the usual ones. */
export interface VerbLists {
  readonly start: readonly string[]
  readonly stop: readonly string[]
}

const verb = /^[A-Za-z_$][\w$]*$/

export const verbLists: Accepted<VerbLists> = {
  expected: 'an object of method names, `{ "start": [...], "stop": [...] }`, none of them in both',
  fault: 'INVALID',
  read(value) {
    const lists = parsed(value)
    if (typeof lists !== 'object' || lists === null || Array.isArray(lists)) return undefined
    const { start = [], stop = [], ...others } = lists as { start?: unknown; stop?: unknown }
    if (Object.keys(others).length > 0 || !areVerbs(start) || !areVerbs(stop)) return undefined
    return start.some((name) => stop.includes(name)) ? undefined : { start, stop }
  },
}

function areVerbs(names: unknown): names is string[] {
  return Array.isArray(names) && names.every((name) => typeof name === 'string' && verb.test(name))
}

const ruleKeys = new Set(['kind', 'engine', 'type', 'file', 'package', 'id', 'reason'])

/** All rules of a list count, or none: nobody has to guess which ones do. */
export const ignoreRules: Accepted<readonly IgnoreRule[]> = {
  expected:
    'a JSON array of rules `{ kind?, engine?, type?, file?, package?, id?, reason }`, each with a `reason` and at least one other key, and a known `kind`',
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
  // In code, a key that is not set is `undefined`.
  const entries = Object.entries(rule).filter(([, value]) => value !== undefined)
  const { kind, reason } = rule as { kind?: unknown; reason?: unknown }
  if (kind !== undefined && !isKind(String(kind))) return false
  if (typeof reason !== 'string' || reason.trim() === '' || entries.length < 2) return false
  return entries.every(([key, value]) => ruleKeys.has(key) && typeof value === 'string')
}
