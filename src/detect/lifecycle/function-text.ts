/**
 * Wrapped methods read and print as the program wrote them. `Function.prototype.toString` gives the source without the
 * inserted registrations, and for a wrapped method that of the method; it is covered by itself, and left out where the
 * intrinsics are frozen.
 */
import { recordFault } from '../../core/self/faults.ts'
import { showAs, writtenAs } from '../../core/self/written-text.ts'

const { inspect } = process.getBuiltinModule('node:util')
const major = Number.parseInt(process.versions.node, 10)

type StripInjected = typeof import('../source/injection.ts').stripInjected

let strip: StripInjected | null = null

/** Read when a text has something to be taken out. */
function stripInjected(text: string): string {
  strip ??= (require('../source/injection.js') as { stripInjected: StripInjected }).stripInjected
  return strip(text)
}

type AnyFunction = (...args: never[]) => unknown

/** What stands behind a wrapper of ours, or `value` itself. */
function behind(value: AnyFunction): AnyFunction {
  try {
    return (typeof value === 'function' ? writtenAs(value) : undefined) ?? value
  } catch (error) {
    recordFault('the text of a function', error)
    return value
  }
}

/** Without what was inserted. A program may have broken what it is taken out with. */
function asWritten(text: string): string {
  try {
    return text.includes('$leakwatch$') ? stripInjected(text) : text
  } catch (error) {
    recordFault('the text of a function', error)
    return text
  }
}

/** Returns its undo. */
export function patchFunctionText(): () => void {
  const native = Function.prototype.toString
  const descriptor = Object.getOwnPropertyDescriptor(Function.prototype, 'toString')
  if (descriptor?.configurable !== true || descriptor.value !== native) return () => {}
  const value = {
    toString(this: AnyFunction): string {
      const text: string = Reflect.apply(native, behind(this), [])
      return asWritten(text)
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
  // To ask takes a millisecond.
  if (major < 25 || !inspect(new Proxy(() => {}, {})).startsWith('Proxy(')) return () => {}
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
