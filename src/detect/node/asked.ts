/**
 * Modules of Node's whose functions have to be wrapped before they are called: when the program first asks for one, so that
 * what it never asks for is not loaded for it.
 */

import { attempt } from '../../core/faults.ts'
import { showAs } from '../../core/written-text.ts'
import { wrapProperty } from '../wrap.ts'

const { registerHooks } = process.getBuiltinModule('node:module') as { registerHooks?: unknown }

interface Awaited {
  modules: RegExp
  prepare: () => void
}

let awaited: readonly Awaited[] = []

/** The program asks for a module, whose URL is given. */
export function isAskedFor(url: string): void {
  const [due, others] = [true, false].map((is) => awaited.filter(({ modules }) => modules.test(url) === is))
  awaited = others as Awaited[]
  for (const { prepare } of due as Awaited[]) attempt(`preparing ${url}`, prepare)
}

/**
 * Calls `prepare` before the program gets a module that `modules` match; at once where Node has loaded `internal` already, or
 * does not tell what is asked for (before 22.15, or where the loader is left alone).
 */
export function whenAsked(modules: RegExp, internal: string, isTold: boolean, prepare: () => void): void {
  const isLoaded = (process as { moduleLoadList?: string[] }).moduleLoadList?.includes(
    `NativeModule ${internal}`,
  )
  if (isLoaded !== false || !isTold || registerHooks === undefined) prepare()
  else awaited = [...awaited, { modules, prepare }]
}

/** Tells of those that the program takes past the loader. Returns its undo. */
export function followBuiltinModules(): () => void {
  const undo = wrapProperty(process, 'getBuiltinModule', (original, self, args) => {
    if (typeof args[0] === 'string') isAskedFor(args[0].startsWith('node:') ? args[0] : `node:${args[0]}`)
    return Reflect.apply(original, self, args)
  })
  return () => undo?.()
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
