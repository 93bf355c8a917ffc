/** What a stop left behind, as its fix names it. */
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { OwnedHandle } from '../../core/stock.ts'
import { madeBy } from '../../judge/made-by.ts'
import { shownName } from '../secrets/shown.ts'
import type { Sources } from '../sources/sources.ts'
import type { Left } from '../words/left-text.ts'
import { usersCall } from '../words/users-call.ts'
import { stopCallOf } from '../words/wording.ts'
import { handleName } from './parts.ts'
import { keptName, nameOfEngine } from './users-name.ts'

/** What users write to stop a library's engine as it is now; `null`: it is no library's. */
export function callOf({ traits, target }: EngineRecord): string | null {
  if (traits === null) return null
  const object = target?.deref()
  const isUnanswered = traits.forcedCall !== null && object !== undefined && traits.isUnanswered(object)
  return isUnanswered ? traits.forcedCall : traits.stopCall
}

/** Those that no other of them has started, by name and place. */
export function leftEngines(engines: readonly EngineRecord[], sources: Sources): Left[] {
  const all = new Set(engines)
  const left = new Map<string, Left>()
  for (const engine of engines) {
    const { name, stop, traits, parent, started, created } = engine
    if (parent !== null && all.has(parent)) continue
    const site = sources.site(sources.frameIn(traits === null ? (started ?? created) : (created ?? started)))
    const key = `${name} ${site?.file}:${site?.line}`
    const same = left.get(key)
    if (same === undefined)
      left.set(key, {
        name: shownName(name),
        call: stopCallOf(shownName(name), shownName(stop), callOf(engine), nameOfEngine(engine, sources)),
        site,
        count: 1,
      })
    else same.count += 1
  }
  return [...left.values()]
}

/** Handles that the program's own code has opened, by name and place. `null`: others are among them. */
export function leftHandles(handles: readonly OwnedHandle[], sources: Sources): Left[] | null {
  const left = new Map<string, Left>()
  for (const handle of handles) {
    const { stack, kind } = handle.live.record
    if (madeBy(stack) !== 'program') return null
    const site = sources.site(sources.frameIn(stack))
    const name = handleName(handle)
    const key = `${name} ${site?.file}:${site?.line}`
    const same = left.get(key)
    if (same === undefined) {
      const call = usersCall(kind.stopCall(handle.live.resource), keptName(stack, sources, false, true))
      left.set(key, { name, call: `\`${call}\``, site, count: 1 })
    } else same.count += 1
  }
  return [...left.values()]
}
