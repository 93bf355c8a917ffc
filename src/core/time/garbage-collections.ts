/** Tells when V8 has collected garbage: what is held weakly may then be gone, and what was kept about it can go too. */

import { attempt } from '../self/faults.ts'
import { now } from './clock.ts'
import { state } from './state.ts'

/** Node 26 clears weak references in each of its small collections too. */
const soonestMs = 100

/** Calls back after collections, for as long as the thread lives. Returns its undo. */
export function afterCollections(callback: () => void): () => void {
  let lastAt = 0
  // An object that nobody holds goes with the next collection; another then takes its place.
  const registry = new FinalizationRegistry<null>(() => {
    if (!state.registries.has(registry)) return
    if (now() - lastAt >= soonestMs) {
      attempt('looking for what was collected', callback)
      lastAt = now()
    }
    registry.register({}, null)
  })
  state.registries.add(registry)
  registry.register({}, null)
  return () => {
    state.registries.delete(registry)
  }
}
