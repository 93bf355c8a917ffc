/**
 * Wrapped methods read and print as the program wrote them. `Function.prototype.toString` gives the source without the
 * inserted registrations, and for a wrapped method that of the method; it is covered by itself, and left out where the
 * intrinsics are frozen.
 */
import { showAs, writtenAs } from '../core/written-text.ts'

const { inspect } = process.getBuiltinModule('node:util')

type StripInjected = typeof import('./injection.ts').stripInjected

let strip: StripInjected | null = null

/** Read when a text has something to be taken out. */
function stripInjected(text: string): string {
  strip ??= (require('./injection.js') as { stripInjected: StripInjected }).stripInjected
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

/**
 * Since Node 26 `inspect` writes `Proxy(...)` around a Proxy; where it does, functions get a way of being printed that
 * gives the method behind a wrapper of ours, and leaves all others alone. Returns its undo.
 */
export function hidePrintedProxies(): () => void {
  const key = inspect.custom
  if (!inspect(new Proxy(() => {}, {})).startsWith('Proxy(')) return () => {}
  if (!Object.isExtensible(Function.prototype) || Object.hasOwn(Function.prototype, key)) return () => {}
  const value = {
    [key](this: object): object {
      return writtenAs(this) ?? this
    },
  }[key]
  Object.defineProperty(Function.prototype, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  return () => {
    if (Object.getOwnPropertyDescriptor(Function.prototype, key)?.value === value)
      Reflect.deleteProperty(Function.prototype, key)
  }
}
