/** `readline` interfaces on something other than stdin, from `createInterface` to `close`. They have no handle. */
import { syncBuiltinESMExports } from 'node:module'
import { engineOf } from '../../core/engines/objects.ts'
import { requester } from '../../core/ownership/construction.ts'
import { recordFault } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import { wrapProperty } from '../lifecycle/wrap.ts'
import { noteStops, startCoreEngine } from './core-engine.ts'

interface Interface {
  /** Not there before it is closed. */
  closed?: boolean
  input: { fd?: unknown } | undefined
}

/** Returns its undo. */
export function watchReadline(): () => void {
  const undos = ['node:readline', 'node:readline/promises'].map((name) => {
    const module = process.getBuiltinModule(name) as object
    return wrapProperty(module, 'createInterface', (original, self, args) => {
      const made = Reflect.apply(original, self, args)
      try {
        interfaceOpened(made as Interface)
      } catch (error) {
        recordFault('a readline interface', error)
      }
      return made
    })
  })
  syncBuiltinESMExports()
  return () => {
    for (const { undo } of undos) undo?.()
    syncBuiltinESMExports()
  }
}

function interfaceOpened(opened: Interface): void {
  if (opened.input?.fd === 0 || opened.closed === true) return
  for (let each = Object.getPrototypeOf(opened); each !== null; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'close')) noteStops(each, 'close', engineOf)
  }
  const stack = engineStack(interfaceOpened, 24)
  const weak = new WeakRef(opened)
  const isOpen = () => {
    const each = weak.deref()
    return each !== undefined && each.closed !== true
  }
  const owner = requester(stack)
  startCoreEngine(
    { name: 'readline.Interface', start: 'createInterface', stop: 'close', stack, owner, isOpen },
    opened,
  )
}
