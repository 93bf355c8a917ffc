/** The kinds, each loaded once, by what they are a fault of. */
import type { EngineKind, FaultKind, HandleKind, PlaceKind } from './kind.ts'
import { isKind, type Kind, kindNames } from './list.ts'
import type { Trigger } from './trigger.ts'

const loaded = new Map<Kind, FaultKind>(
  kindNames.map((name) => [name, (require(`./${name}.js`) as { kind: FaultKind }).kind]),
)

export interface Named<T> {
  readonly name: Kind
  readonly kind: T
}

export const engineKinds: readonly Named<EngineKind>[] = bySubject('engine')
export const placeKinds: readonly Named<PlaceKind>[] = bySubject('place')
export const handleKinds: readonly Named<HandleKind>[] = bySubject('handle')

export function kindOf(name: Kind): FaultKind {
  return loaded.get(name) as FaultKind
}

/** A check tells of what calls for somebody now; all else that is live waits for a report that was asked for. */
export function isReportedAt(name: Kind, trigger: Trigger): boolean {
  return trigger !== 'check' || kindOf(name).isReportedByChecks === true
}

/** Whether a finding of this kind says of an engine that it runs. */
export function isOfRunningEngine(name: string): boolean {
  return isKind(name) && kindOf(name).isRunning === true
}

/** Those that outrank others come before them: the first that fits is the fault. */
function bySubject<T extends FaultKind>(subject: T['of']): Named<T>[] {
  const all = [...loaded].flatMap(([name, kind]) =>
    kind.of === subject ? [{ name, kind: kind as T & { outranks?: readonly string[] } }] : [],
  )
  const ordered = new Set<(typeof all)[number]>()
  const add = (each: (typeof all)[number]): void => {
    for (const other of all) if (other.kind.outranks?.includes(each.name) === true) add(other)
    ordered.add(each)
  }
  for (const each of all) add(each)
  return [...ordered]
}
