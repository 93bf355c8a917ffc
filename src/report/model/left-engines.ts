/** The engines that a stop left running, as its fix names them. */
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { shownName } from '../secrets/shown.ts'
import type { Sources } from '../sources/sources.ts'
import type { LeftEngine } from '../words/left-text.ts'
import { stopCallOf } from '../words/wording.ts'

/** What users write to stop a library's engine as it is now; `null`: it is no library's. */
export function callOf({ traits, target }: EngineRecord): string | null {
  if (traits === null) return null
  const object = target?.deref()
  const isUnanswered = traits.forcedCall !== null && object !== undefined && traits.isUnanswered(object)
  return isUnanswered ? traits.forcedCall : traits.stopCall
}

/** Those that no other of them has started, by name and place. */
export function leftEngines(engines: readonly EngineRecord[], sources: Sources): LeftEngine[] {
  const all = new Set(engines)
  const left = new Map<string, LeftEngine>()
  for (const engine of engines) {
    const { name, stop, traits, parent, started, created } = engine
    if (parent !== null && all.has(parent)) continue
    const site = sources.site(sources.frameIn(traits === null ? (started ?? created) : (created ?? started)))
    const key = `${name} ${site?.file}:${site?.line}`
    const same = left.get(key)
    if (same === undefined)
      left.set(key, {
        name: shownName(name),
        call: stopCallOf(shownName(name), shownName(stop), callOf(engine)),
        site,
        count: 1,
      })
    else same.count += 1
  }
  return [...left.values()]
}
