/** The engines that a stop left running, as its fix names them. */
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { shownName } from '../secrets/shown.ts'
import type { Sources } from '../sources/sources.ts'
import type { LeftEngine } from '../words/left-text.ts'
import { stopCallOf } from '../words/wording.ts'

/** Those that no other of them has started, by name and place. */
export function leftEngines(engines: readonly EngineRecord[], sources: Sources): LeftEngine[] {
  const all = new Set(engines)
  const left = new Map<string, LeftEngine>()
  for (const { name, stop, traits, parent, started, created } of engines) {
    if (parent !== null && all.has(parent)) continue
    const site = sources.site(sources.frameIn(traits === null ? (started ?? created) : (created ?? started)))
    const key = `${name} ${site?.file}:${site?.line}`
    const same = left.get(key)
    if (same === undefined)
      left.set(key, {
        name: shownName(name),
        call: stopCallOf(shownName(name), shownName(stop), traits?.stopCall ?? null),
        site,
        count: 1,
      })
    else same.count += 1
  }
  return [...left.values()]
}
