/** Tells when V8 has collected garbage: what is held weakly may then be gone, and what was kept about it can go too. */
import { now } from './clock.ts'
import { attempt } from './faults.ts'

/** Node 26 clears weak references in each of its small collections too. */
const soonestMs = 100

/** A registry that nobody holds is collected itself. */
const registries = new Set<FinalizationRegistry<null>>()

/** Calls back after collections, for as long as the thread lives. Returns its undo. */
export function afterCollections(callback: () => void): () => void {
  let lastAt = 0
  // An object that nobody holds goes with the next collection; another then takes its place.
  const registry = new FinalizationRegistry<null>(() => {
    if (!registries.has(registry)) return
    if (now() - lastAt >= soonestMs) {
      attempt('looking for what was collected', callback)
      lastAt = now()
    }
    registry.register({}, null)
  })
  registries.add(registry)
  registry.register({}, null)
  return () => {
    registries.delete(registry)
  }
}
