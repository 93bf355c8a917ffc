/**
 * `Function.prototype.toString` gives the source as it was written: without the inserted registrations, and for a
 * wrapped method that of the method. Covered by itself, and left out where the intrinsics are frozen.
 */
import { ownRequire } from '../core/own-require.ts'
import { showAs, writtenAs } from '../core/written-text.ts'

type StripInjected = typeof import('./injection.ts').stripInjected

let strip: StripInjected | null = null

/** Read when a text has something to be taken out. */
function stripInjected(text: string): string {
  strip ??= (ownRequire(import.meta.url)('./injection.js') as { stripInjected: StripInjected }).stripInjected
  return strip(text)
}

type AnyFunction = (...args: never[]) => unknown

/** Returns its undo. */
export function patchFunctionText(): () => void {
  const native = Function.prototype.toString
  const descriptor = Object.getOwnPropertyDescriptor(Function.prototype, 'toString')
  if (descriptor?.configurable !== true || descriptor.value !== native) return () => {}
  const value = {
    toString(this: AnyFunction): string {
      const written = typeof this === 'function' ? writtenAs(this) : undefined
      const text: string = Reflect.apply(native, written ?? this, [])
      return text.includes('__leakwatch__') ? stripInjected(text) : text
    },
  }.toString
  showAs(value, native)
  Object.defineProperty(Function.prototype, 'toString', { ...descriptor, value })
  return () => {
    if (Function.prototype.toString === value)
      Object.defineProperty(Function.prototype, 'toString', descriptor)
  }
}
