/** What the inserted code calls: `globalThis.__leakwatch__`. */
import { attempt } from '../core/faults.ts'

type Registration = (...args: unknown[]) => unknown
const letters = ['c', 'p', 'n', 'o'] as const

/** Puts it up; what the calls do is loaded with the first class or object of a program. Returns its undo. */
export function installRegistry(): () => void {
  const value: Record<string, Registration> = {}
  for (const letter of letters) {
    const first: Registration = (...args) => {
      attempt('loading the registrations', () => {
        const loaded = require('./registrations.js') as typeof import('./registrations.ts')
        Object.assign(value, loaded.registrations)
      })
      return value[letter] === first ? args[0] : value[letter]?.(...args)
    }
    value[letter] = first
  }
  Object.defineProperty(globalThis, '__leakwatch__', {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  return () => {
    Reflect.deleteProperty(globalThis, '__leakwatch__')
  }
}
