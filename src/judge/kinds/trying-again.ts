/** Engines whose start has failed, and that start themselves again: they run, until they are stopped. */
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { OwnedHandle } from '../../core/stock.ts'
import { methodText, timerText } from './callback-text.ts'
import type { JudgedEngine } from './kind.ts'

const again = /(?:re)?(?:connect|try|start|open|attempt|again|poll)\w*\s*\(/i
/** `if (!this.isUp) this.dial()`: an interval that looks whether it has to. */
const condition = /\bif\s*\(|&&|\|\||\?/
/** `this.dial()` */
const ownCall = /\bthis\s*\.\s*(#?[\w$]+)\s*\(/g

/** Its start failed, and a timer that it left starts it again. What else it holds is what its stop ends. */
export function isTryingAgain({ engine, state, own }: JudgedEngine): boolean {
  return state === 'failed' && own.some((handle) => startsAgain(engine, handle))
}

function startsAgain(engine: EngineRecord, handle: OwnedHandle): boolean {
  const callback = timerText(handle)
  if (callback === null) return false
  const { links } = handle.live.record
  if (links > 1) return true
  const isOnce = handle.dueMs !== null
  const called = callback.text === '' ? `${callback.name}(` : callback.text
  if (called.includes(`${engine.start}(`) || (isOnce && again.test(called))) return true
  const target = engine.target?.deref()
  if (target === undefined || !(isOnce || condition.test(called))) return false
  // `this.retry.bind(this)`
  const text = callback.text === '' ? methodText(target, callback.name) : callback.text
  const begun = callsIn(methodText(target, engine.start))
  return [...callsIn(text)].some((name) => begun.has(name))
}

/** The methods of its own that a method calls. */
function callsIn(text: string): Set<string> {
  return new Set([...text.matchAll(ownCall)].map(([, name]) => name as string))
}
