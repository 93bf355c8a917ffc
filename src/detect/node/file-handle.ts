/**
 * File handles open in the thread pool: when they are announced no code of the program is on the stack and no context
 * is set. What the program asked for is noted at the call of `fs.promises.open`.
 */

import { syncBuiltinESMExports } from 'node:module'
import { onOpen } from '../../core/handles/follow-handles.ts'
import { fileHandle } from '../../core/handles/handle-types.ts'
import { requester } from '../../core/ownership/construction.ts'
import { currentStart } from '../../core/ownership/context.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { currentTest, type TestScope } from '../../core/records/test-scope.ts'
import { attempt } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { wrapProperty } from '../lifecycle/wrap.ts'

const fs = process.getBuiltinModule('node:fs')
const { types } = process.getBuiltinModule('node:util')

export interface Opening {
  promise: WeakRef<Promise<unknown>>
  owner: EngineRecord | null
  start: number
  stack: CapturedStack | null
  test: TestScope | null
}

const openDepth = 24
const openingsKept = 256
let openings: Opening[] = []
/** The file handle that was announced while several calls waited: whose it is shows once its promise has resolved. */
let undecided: WeakRef<object> | null = null

/** Returns its undo. */
export function watchFileHandles(): () => void {
  // Its state cannot be read yet: `fd` of a handle that is being made ends the process.
  onOpen(fileHandle, ({ resource }) => {
    // Nobody asked for one: `fs.promises.writeFile` and its like open and close their own, as part of a request.
    if (openings.length === 0 && undecided === null) return 'internal'
    decideFileHandle()
    const [opening, ...others] = openings
    if (opening === undefined) return 'internal'
    if (others.length > 0) undecided = new WeakRef(resource)
    else {
      openings = []
      lend(resource, opening)
    }
    return { ...opening, madeBy: opening.owner }
  })
  const { undo } = wrapProperty(fs.promises, 'open', (original, self, args, entry) => {
    const result = Reflect.apply(original, self, args)
    if (types.isPromise(result)) noteOpening(result, entry)
    return result
  })
  syncBuiltinESMExports()
  return () => {
    undo?.()
    syncBuiltinESMExports()
  }
}

function noteOpening(promise: Promise<unknown>, entry: () => unknown): void {
  const stack = engineStack(entry, openDepth)
  const owner = requester(stack)
  if (openings.length === openingsKept) openings.shift()
  const test = currentTest()
  openings.push({ promise: new WeakRef(promise), owner, start: currentStart(owner), stack, test })
}

/** Gives the latest file handle to the call whose promise has resolved since, and forgets calls that failed. */
export function decideFileHandle(): void {
  const handle = undecided?.deref()
  undecided = null
  if (openings.length === 0) return
  const { promiseState } =
    require('../../core/promises/promise-state.js') as typeof import('../../core/promises/promise-state.ts')
  const waiting: Opening[] = []
  for (const opening of openings) {
    const promise = opening.promise.deref()
    const state = promise === undefined ? 'rejected' : promiseState(promise)
    if (state === 'pending') waiting.push(opening)
    else if (state === 'fulfilled' && handle !== undefined) correct(handle, opening)
  }
  openings = waiting
}

function correct(handle: object, opening: Opening): void {
  give(handle, opening, opening.owner)
  lend(handle, opening)
}

function give(handle: object, opening: Opening, to: EngineRecord | null): void {
  const { reattribute } =
    require('../../core/handles/whose-handle.js') as typeof import('../../core/handles/whose-handle.ts')
  reattribute(handle, { ...opening, madeBy: to, start: to === opening.owner ? opening.start : 1 })
}

function lend(handle: object, opening: Opening): void {
  attempt('a file handle', () => {
    const { lendFile } = require('./lent-files.js') as typeof import('./lent-files.ts')
    lendFile(handle, opening, give)
  })
}
