/** Runs on every async operation of the watched program: no I/O, no allocation it can avoid, no throw. */

import { noteHolding } from '../engines/life.ts'
import { ageEngines } from '../engines/objects.ts'
import { sweepEngines } from '../engines/running-engines.ts'
import { abridgeStops, countStops } from '../engines/start-place.ts'
import {
  acceptedBy,
  followCallbacks,
  isServer,
  stopFollowingCallbacks,
} from '../ownership/accepted-sockets.ts'
import {
  claimByConstructor,
  forgetConstructions,
  giverBehind,
  isConstructing,
} from '../ownership/construction.ts'
import { contextOwner, currentStart, ownAsyncId } from '../ownership/context.ts'
import { noteAsyncWork } from '../ownership/light-work.ts'
import type { EngineRecord } from '../records/engine-record.ts'
import { noteTest, type TestScope } from '../records/test-scope.ts'
import { attempt, recordFault } from '../self/faults.ts'
import {
  countSkippedStack,
  measured,
  refillStacks,
  spendRareStack,
  spendStack,
  stackMode,
} from '../stacks/budget.ts'
import { type CapturedStack, captureStack, readRawStacks } from '../stacks/captured-stack.ts'
import { carryOrigin, followOrigin, noteOrigin, originOf } from '../stacks/origins.ts'
import { makers } from '../stacks/sites.ts'
import { isMakingTimer, now } from '../time/clock.ts'
import { afterCollections } from '../time/garbage-collections.ts'
import { stopYoungPeriod, whenYoungPeriodEnds } from '../time/young-period.ts'
import { addHandle, ageHandles, sweepHandles } from './handle-table.ts'
import type { HandleType } from './handle-type.ts'
import { handleTypes } from './handle-types.ts'
import { state } from './state.ts'
import type { MadeBy } from './whose-handle.ts'

const { createHook, executionAsyncId } = process.getBuiltinModule('node:async_hooks')

/** Called at once, with a stack, when a handle of its type opens: how a core engine is born. */
export type OpenListener = (opened: {
  resource: object
  stack: CapturedStack | null
  owner: EngineRecord | null
  asyncId: number
}) => EngineRecord | { partOf: EngineRecord } | MadeBy | 'internal' | null

const handleDepth = 20

/** The core engine that was born when `resource` opened. */
export function engineBornFrom(resource: object): EngineRecord | undefined {
  return state.bornFrom.get(resource)
}

/** From now on `listener` hears of each handle of this type that opens. */
export function onOpen(kind: HandleType, listener: OpenListener): void {
  state.openListeners.set(kind, listener)
}

/** Calls `teach` with the first handle of one of `kinds`; it says by `onOpen` who hears of these. */
export function onFirstOpen(kinds: readonly HandleType[], teach: () => void): void {
  for (const kind of kinds) {
    onOpen(kind, (opened) => {
      for (const each of kinds) state.openListeners.delete(each)
      attempt(`learning about ${kind.type}`, teach)
      return state.openListeners.get(kind)?.(opened) ?? null
    })
  }
}

/** From now on `listener` hears of each request of Node's HTTP client, as it is given its socket: what announces it has it as `req`. */
export function onClientRequest(listener: (announced: object) => void): void {
  state.requestListener = listener
}

function init(asyncId: number, type: string, triggerAsyncId: number, resource: object): void {
  try {
    const kind = type === 'PROMISE' ? undefined : handleTypes.get(type)
    if (kind !== undefined && isMakingTimer()) return
    if (state.carryLink !== null) state.carryLink(kind, asyncId, resource)
    if (kind === undefined) {
      noteAsyncWork()
      if (type === 'PROMISE') return
      if (isAwaited(type)) carryOrigin(asyncId, executionAsyncId())
      else followOrigin(asyncId, executionAsyncId(), init, type === 'TickObject')
      if (type === 'HTTPCLIENTREQUEST') state.requestListener?.(resource)
      return
    }
    open(kind, asyncId, triggerAsyncId, resource)
  } catch (error) {
    // What is thrown from here ends the process, and where the stack is full each call throws.
    try {
      recordFault('following a handle', error)
    } catch {}
  }
}

/** Requests of `fs.promises`. */
function isAwaited(type: string): boolean {
  return type === 'FSREQPROMISE' || type === 'FILEHANDLECLOSEREQ'
}

function open(kind: HandleType, asyncId: number, triggerAsyncId: number, resource: object): void {
  const origin = kind.origin(resource)
  if (origin === 'internal' || isKnown(kind, asyncId, resource)) return
  const openedAt = now()
  let owner = contextOwner()
  const listener = state.openListeners.get(kind)
  const accepted = owner === null && kind.mayBeAccepted ? acceptedBy(triggerAsyncId) : undefined
  if (accepted !== undefined) {
    owner = accepted
    ownAsyncId(asyncId, accepted)
  }
  const mayBuild = isConstructing(owner)
  // Which code calls itself so shows once.
  const callback = origin === 'unsure' ? kind.callback(resource) : null
  const known = typeof callback === 'function' ? state.madeByNode.get(callback) : undefined
  if (known === true) return
  const isUnsure = origin === 'unsure' && known === undefined
  let stack: CapturedStack | null = null
  if (
    !kind.isLate &&
    (listener !== undefined || isUnsure || mayBuild || spend(kind, triggerAsyncId, resource))
  )
    stack = measured(() => captureStack(init, handleDepth))
  else countSkippedStack()
  if (isUnsure) {
    const isNodes = isMadeByNode(stack)
    if (typeof callback === 'function' && stack !== null) state.madeByNode.set(callback, isNodes)
    if (isNodes) return
  }
  // Most handles have no stack, and nothing to go on with.
  const mayHaveStack = stack !== null || (owner !== null && owner.callbacks !== null)
  const from = mayHaveStack ? originOf(executionAsyncId()) : null
  if (stack !== null) noteOrigin(asyncId, stack)
  if (mayBuild && stack !== null) {
    const builder = claimByConstructor(stack, owner)
    if (builder !== null) {
      owner = builder
      ownAsyncId(asyncId, builder)
      followCallbacks()
    }
  }
  if (owner !== null && owner.callbacks !== null) {
    stack ??= captureStack(init, handleDepth)
    owner = giverBehind(owner, stack)
  }
  let start = currentStart(owner)
  let part = false
  let test: TestScope | null | undefined
  if (listener !== undefined) {
    const born = listener({ resource, stack, owner, asyncId })
    if (born === 'internal') return
    if (born !== null && 'partOf' in born) {
      owner = born.partOf
      part = true
    } else if (born !== null && 'madeBy' in born) {
      owner = born.madeBy
      start = born.start
      stack = born.stack
      test = born.test
    } else if (born !== null) {
      owner = born
      state.bornFrom.set(resource, born)
    }
  }
  // Who asked for it is judged by what was on the stack.
  stack?.continueWith(from)
  if (owner !== null) noteHolding(owner)
  noteTest(resource, test)
  addHandle(resource, kind, { asyncId, owner, start, openedAt, stack, part })
}

/** A handle that is announced anew keeps its first record. */
function isKnown(kind: HandleType, asyncId: number, resource: object): boolean {
  if (kind.isStandIn(resource)) return true
  if (!kind.mayComeAgain(resource)) return false
  const { isFollowed } = require('./announced-again.js') as typeof import('./announced-again.ts')
  return isFollowed(resource, asyncId)
}

const timerModules = new Set(['node:internal/timers', 'node:timers', 'node:timers/promises'])

/** Whether code of Node's own, other than its timers, asked for a timer. */
function isMadeByNode(stack: CapturedStack | null): boolean {
  return makers(stack).some(({ file }) => file !== null && !timerModules.has(file))
}

/** Whether a handle gets a stack of its own, and charges it. */
function spend(kind: HandleType, triggerAsyncId: number, resource: object): boolean {
  const frequency = kind.frequency(resource)
  if (frequency === 'many') return spendStack()
  if (frequency === 'some') return spendRareStack()
  // Which code opened a socket decides whose it is; an accepted one is its server's.
  return stackMode() !== 'off' && !isServer(triggerAsyncId)
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
/** Node knows the option `trackPromises`. Earlier ones ignore it. */
const hasOption = major > 24 || (major === 24 && minor >= 21)
const hook = createHook({ ...{ trackPromises: false }, init })

function enableHook(): void {
  if (hasOption) {
    hook.enable()
    return
  }
  const { enableWithoutPromises } =
    require('../promises/promise-hooks.js') as typeof import('../promises/promise-hooks.ts')
  enableWithoutPromises(hook)
}

/** Starts to follow handles. Returns its undo. */
export function followHandles(): () => void {
  whenYoungPeriodEnds([
    { name: 'refilling the budget', run: refillStacks },
    { name: 'looking at young handles', run: ageHandles },
    { name: 'looking at young engines', run: ageEngines },
    { name: 'ending constructions', run: forgetConstructions },
    { name: 'abridging stacks', run: abridgeStops },
    { name: 'reading stacks', run: readRawStacks },
    { name: 'counting stops', run: countStops },
  ])
  const undo = afterCollections(() => {
    sweepHandles()
    sweepEngines()
  })
  enableHook()
  return () => {
    undo()
    hook.disable()
    stopFollowingCallbacks()
    stopYoungPeriod()
  }
}
