/** Tells others where this process can be asked for a report, once it has lived for a while. */
import { later, now } from '../core/clock.ts'
import { attempt } from '../core/faults.ts'
import type { Presence } from '../presence/presence.ts'
import type { Settings } from '../settings.ts'

/** Nobody looks for a process that ends sooner: it has no file to make, and none to remove. */
const announcedAtMs = 1000

/** `then` is called with what was told. Returns its undo, for as long as nothing was. */
export function announceLater(settings: Settings, then: (presence: Presence) => void): () => void {
  return later(Math.max(1, Math.ceil(announcedAtMs - now())), () =>
    attempt('telling where this process is', () => {
      const { announce } = require('../presence/presence.js') as typeof import('../presence/presence.ts')
      then(announce(settings))
    }),
  )
}
