import { callbackText } from './callback-text.ts'
import type { JudgedEngine } from './kind.ts'

const again = /(?:re)?(?:connect|try|start|open|attempt|again|poll)\w*\s*\(/i

/** Its start failed, and all that is left are timers that start it again: it runs, until it is stopped. */
export function isTryingAgain({ engine, state, own, children }: JudgedEngine): boolean {
  if (state !== 'failed' || own.length === 0 || children.length > 0) return false
  return own.every((handle) => {
    const callback = callbackText(handle)
    if (callback === null) return false
    const called = callback.text === '' ? `${callback.name}(` : callback.text
    return handle.live.record.links > 1 || called.includes(`${engine.start}(`) || again.test(called)
  })
}
