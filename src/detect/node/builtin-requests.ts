/**
 * Modules of Node's whose functions have to be wrapped before they are called: when the program first asks for one, so that
 * what it never asks for is not loaded for it.
 */

import { attempt } from '../../core/self/faults.ts'
import { showAs } from '../../core/self/written-text.ts'
import { replaceFunction, wrapProperty } from '../lifecycle/wrap.ts'

const nodeModule = process.getBuiltinModule('node:module')

interface Preparation {
  modules: RegExp
  prepare: () => void
}

/** What is to be done before the program gets modules that it has not requested yet. */
let preparations: readonly Preparation[] = []

/** The program requests a module, whose URL is given. */
export function moduleRequested(url: string): void {
  const due = preparations.filter(({ modules }) => modules.test(url))
  if (due.length === 0) return
  preparations = preparations.filter((each) => !due.includes(each))
  for (const { prepare } of due) attempt(`preparing ${url}`, prepare)
}

/** The program may request any from now on, and nothing would say so. */
export function anyModuleRequested(): void {
  const due = preparations
  preparations = []
  for (const { prepare } of due) attempt('preparing', prepare)
}

/**
 * Calls `prepare` before the program gets a module that `modules` match; at once where Node has loaded `internal` already, or
 * nothing says what is requested (`hearsRequests`: where the loader is left alone).
 */
export function whenRequested(
  modules: RegExp,
  internal: string,
  hearsRequests: boolean,
  prepare: () => void,
): void {
  const isLoaded = (process as { moduleLoadList?: string[] }).moduleLoadList?.includes(
    `NativeModule ${internal}`,
  )
  if (isLoaded !== false || !hearsRequests) prepare()
  else preparations = [...preparations, { modules, prepare }]
}

/** Hears of requests by `require` and `process.getBuiltinModule`; those of ES modules the loader tells. Returns its undo. */
export function followBuiltinModules(): () => void {
  const { undo } = wrapProperty(process, 'getBuiltinModule', (original, self, args) => {
    requested(args[0])
    return Reflect.apply(original, self, args)
  })
  const undoLoad = replaceFunction(
    nodeModule.Module,
    '_load',
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        if (preparations.length > 0) requested(args[0])
        return Reflect.apply(original, this, args)
      },
  )
  return () => {
    undo?.()
    undoLoad()
  }
}

function requested(id: unknown): void {
  if (typeof id !== 'string' || id[0] === '.' || id[0] === '/') return
  moduleRequested(id.startsWith('node:') ? id : `node:${id}`)
}

/** Calls `prepare` before a getter of `holder` is first called; it is the holder's own again then. */
export function whenRead(holder: object, key: string, prepare: () => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, key)
  const original = descriptor?.get
  if (original === undefined || descriptor?.configurable !== true) {
    prepare()
    return
  }
  const { get } = {
    get(this: unknown): unknown {
      if (Object.getOwnPropertyDescriptor(holder, key)?.get === get) {
        Object.defineProperty(holder, key, descriptor)
        attempt(`preparing ${key}`, prepare)
      }
      return Reflect.apply(original, this, [])
    },
  }
  showAs(get, original)
  Object.defineProperty(holder, key, { ...descriptor, get })
}
