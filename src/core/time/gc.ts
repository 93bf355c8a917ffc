/**
 * `--expose-gc`: who asks for a collection looks at once at what it has left. What leakwatch holds for the young period alone is let go
 * first, and is held weakly from then on.
 */
import { showAs } from '../self/written-text.ts'
import { endYoungPeriod } from './young-period.ts'

type Collect = (...args: unknown[]) => unknown

/** `gc` is then another function, which looks the same. Only where it may be replaced. */
export function letGoFirst(): void {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'gc')
  const original = own?.value as Collect | undefined
  if (typeof original !== 'function' || own?.writable !== true) return
  const { gc } = {
    gc(...args: unknown[]): unknown {
      endYoungPeriod()
      return Reflect.apply(original, globalThis, args)
    },
  }
  Object.defineProperty(gc, 'length', { value: original.length, configurable: true })
  showAs(gc, original)
  Object.defineProperty(globalThis, 'gc', { ...own, value: gc })
}
