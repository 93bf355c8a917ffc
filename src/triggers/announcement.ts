/** Tells others where this process can be asked for a report, once it has lived for a while. */

import { attempt } from '../core/self/faults.ts'
import { later, now } from '../core/time/clock.ts'
import type { Presence } from '../processes/presence/presence.ts'
import { program } from '../settings/program.ts'
import type { Settings } from '../settings/settings.ts'

/** Nobody looks for a process that ends sooner, so that it need not make a file and remove it. */
const announcedAtMs = 1000

/** Calls `then` with what others see of this process. Returns its undo, which works until then. */
export function announceLater(settings: Settings, then: (presence: Presence) => void): () => void {
  return later(Math.max(1, Math.ceil(announcedAtMs - now())), () =>
    attempt('telling where this process is', () => {
      const { isHeldByLostTimer } =
        require('../core/handles/lost-timers.js') as typeof import('../core/handles/lost-timers.ts')
      if (isHeldByLostTimer()) return
      const { announce } =
        require('../processes/presence/presence.js') as typeof import('../processes/presence/presence.ts')
      then(announce({ ...settings, main: program().main }))
    }),
  )
}
