/** Methods that are wrapped in a Proxy print as the program wrote them. */
import { writtenAs } from '../core/written-text.ts'

const { inspect } = process.getBuiltinModule('node:util')

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
