/** Runs on every async operation of the watched program: no I/O, no allocation it can avoid, no throw. */
import { acceptedBy, followCallbacks, isServer, stopFollowingCallbacks } from './accepted.ts'
import { measured, refillStacks, spendRareStack, spendStack, stackMode } from './budget.ts'
import { isMakingTimer, now } from './clock.ts'
import { afterCollections } from './collections.ts'
import { claimByConstructor, forgetConstructions, isConstructing } from './construction.ts'
import type { EngineRecord } from './engine-record.ts'
import { ageEngines, noteHolding, sweepEngines } from './engines.ts'
import { attempt, recordFault } from './faults.ts'
import { ageHandles, isReused, type MadeBy, remember, sweepHandles } from './handle-table.ts'
import { type HandleType, handleTypes } from './handle-types.ts'
import { beneficiary } from './lending.ts'
import { noteAsyncWork } from './light-work.ts'
import { contextOwner, currentStart, ownAsyncId } from './ownership.ts'
import { makers } from './places.ts'
import { enableWithoutPromises } from './promise-hooks.ts'
import { lookAtSome } from './promise-watch.ts'
import { type CapturedStack, captureStack, ripen, stackCounts } from './stack.ts'
import { abridgeStops, countStops } from './start-place.ts'
import { noteTest, type TestScope } from './test-context.ts'
import { stopYouth, whenYouthEnds } from './youth.ts'

const { createHook } = process.getBuiltinModule('node:async_hooks')

/** Told at once, with a stack, when a handle of its type opens: how a core engine is born. */
export type OpenListener = (opened: {
  resource: object
  stack: CapturedStack | null
  owner: EngineRecord | null
  asyncId: number
}) => EngineRecord | { partOf: EngineRecord } | MadeBy | 'internal' | null

const handleDepth = 20
const bornFrom = new WeakMap<object, EngineRecord>()

/** The core engine that was born when `resource` opened. */
export function engineBornFrom(resource: object): EngineRecord | undefined {
  return bornFrom.get(resource)
}

const openListeners = new Map<string, OpenListener>()

export function onOpen(type: string, listener: OpenListener): void {
  openListeners.set(type, listener)
}

/** `teach` is called with the first handle of one of `types`, and says by `onOpen` who is told of these. */
export function onFirstOpen(types: readonly string[], teach: () => void): void {
  for (const type of types) {
    onOpen(type, (opened) => {
      for (const each of types) openListeners.delete(each)
      attempt(`learning about ${type}`, teach)
      return openListeners.get(type)?.(opened) ?? null
    })
  }
}

function init(asyncId: number, type: string, triggerAsyncId: number, resource: object): void {
  try {
    const kind = type === 'PROMISE' ? undefined : handleTypes.get(type)
    if (kind === undefined) {
      noteAsyncWork()
      return
    }
    if (isMakingTimer()) return
    open(kind, asyncId, triggerAsyncId, resource)
  } catch (error) {
    recordFault('following a handle', error)
  }
}

function open(kind: HandleType, asyncId: number, triggerAsyncId: number, resource: object): void {
  const origin = kind.origin === undefined ? 'program' : kind.origin(resource)
  if (origin === 'internal' || isReused(kind, resource)) return
  const openedAt = now()
  let owner = contextOwner()
  const listener = openListeners.get(kind.type)
  const accepted = owner === null ? acceptedBy(kind.type, triggerAsyncId) : undefined
  if (accepted !== undefined) {
    owner = accepted
    ownAsyncId(asyncId, accepted)
  }
  const mayBuild = isConstructing(owner)
  let stack: CapturedStack | null = null
  if (
    kind.isLate !== true &&
    (listener !== undefined || origin === 'unsure' || mayBuild || spend(kind, triggerAsyncId, resource))
  )
    stack = measured(() => captureStack(init, handleDepth))
  else stackCounts.skipped += 1
  if (origin === 'unsure' && isMadeByNode(stack)) return
  if (mayBuild && stack !== null) {
    const builder = claimByConstructor(stack, owner)
    if (builder !== null) {
      owner = builder
      ownAsyncId(asyncId, builder)
      followCallbacks()
    }
  }
  if (owner !== null && owner.loans !== null) {
    stack ??= captureStack(init, handleDepth)
    owner = beneficiary(owner, stack)
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
      bornFrom.set(resource, born)
    }
  }
  if (owner !== null) noteHolding(owner)
  noteTest(resource, test)
  remember(resource, kind, { asyncId, owner, start, openedAt, stack, part })
}

const timerModules = new Set(['node:internal/timers', 'node:timers', 'node:timers/promises'])

/** Whether code of Node's own, other than its timers, asked for a timer. */
function isMadeByNode(stack: CapturedStack | null): boolean {
  return makers(stack).some(({ file }) => file !== null && !timerModules.has(file))
}

/** Sockets that the program opens are few beside what they cost, and which code opened them decides whose they are. */
function spend(kind: HandleType, triggerAsyncId: number, resource: object): boolean {
  if (kind.type === 'Timeout') return kind.name(resource) === 'setInterval' ? spendRareStack() : spendStack()
  if (stackMode() === 'off') return false
  return !isServer(triggerAsyncId)
}

/** `trackPromises` leaves promises out where Node knows the option (24.21); elsewhere it is ignored (`promise-hooks.ts`). */
const hook = createHook({ ...{ trackPromises: false }, init })

/** Starts to follow handles. Returns its undo. */
export function followHandles(): () => void {
  whenYouthEnds([
    { name: 'refilling the budget', run: refillStacks },
    { name: 'looking at promises', run: lookAtSome },
    { name: 'looking at young handles', run: ageHandles },
    { name: 'looking at young engines', run: ageEngines },
    { name: 'ending constructions', run: forgetConstructions },
    { name: 'abridging stacks', run: abridgeStops },
    { name: 'reading stacks', run: ripen },
    { name: 'counting stops', run: countStops },
  ])
  const undo = afterCollections(() => {
    sweepHandles()
    sweepEngines()
  })
  enableWithoutPromises(hook)
  return () => {
    undo()
    hook.disable()
    stopFollowingCallbacks()
    stopYouth()
  }
}
