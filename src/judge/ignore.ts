/** Rules for what is meant to stay. Each says why. */
import type { Kind } from './kinds/list.ts'

export interface IgnoreRule {
  kind?: string
  /** The engine's name. */
  engine?: string
  /** A handle's async_hooks type, or its name. */
  type?: string
  /** A path relative to the working directory or absolute; `*` stands for any text. */
  file?: string
  package?: string
  id?: string
  reason: string
}

/** What a rule is compared with. */
export interface Suspect {
  id: string
  kind: Kind
  engine: string | null
  types: readonly string[]
  file: string | null
  package: string | null
}

/** Whether every key of the rule that is there fits. A rule without any key but its reason fits nothing. */
export function isIgnored(suspect: Suspect, rules: readonly IgnoreRule[]): boolean {
  return rules.some((rule) => fits(rule, suspect))
}

function fits(rule: IgnoreRule, suspect: Suspect): boolean {
  const tests = [
    rule.kind === undefined || rule.kind === suspect.kind,
    rule.engine === undefined || matches(rule.engine, suspect.engine),
    rule.type === undefined || suspect.types.includes(rule.type),
    rule.file === undefined || matchesFile(rule.file, suspect.file),
    rule.package === undefined || rule.package === suspect.package,
    rule.id === undefined || rule.id === suspect.id,
  ]
  const { reason: _reason, ...keys } = rule
  return Object.values(keys).some((value) => value !== undefined) && tests.every(Boolean)
}

function matches(pattern: string, text: string | null): boolean {
  if (text === null) return false
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`, 's').test(text)
}

function matchesFile(pattern: string, file: string | null): boolean {
  if (file === null) return false
  const path = file.replaceAll('\\', '/')
  return matches(pattern, path) || matches(`*/${pattern.replace(/^\.\//, '')}`, path)
}
