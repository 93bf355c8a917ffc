import { type EngineKind, holdsAny, isOneShot, isRunningState, severityByHoldings, soonMs } from './kind.ts'
import { endsWithProcess, isLeftBehind } from './left-behind.ts'
import { isPoolAtRest } from './pool-at-rest.ts'
import { isFinal } from './trigger.ts'
import { isTryingAgain } from './trying-again.ts'

/** It was started, and no stop was called. */
export const kind: EngineKind = {
  of: 'engine',
  fits: (judged, { trigger }) => {
    // A constructor that opened a handle, or made an engine, was the start.
    if (judged.state === 'created') return holdsAny(judged)
    if (judged.state === 'failed') return isTryingAgain(judged)
    if (!isRunningState(judged.state)) return false
    if (trigger === 'exit' && endsWithProcess(judged.engine)) return false
    if (judged.engine.traits?.isLender === true) return false
    // What has ended took back all that was taken from it.
    if (judged.engine.lease && judged.engine.parent?.state === 'stopped') return false
    // A generator that has come to its end, and left nothing, needs no stop.
    if (judged.engine.isFinished?.() === true && !holdsAny(judged)) return false
    // What a collected engine started runs on, and its stop was to end that.
    return !judged.isCollected || holdsAny(judged)
  },
  severity: (blamed, { trigger }) => {
    if (!isFinal(trigger) || isLeftBehind(blamed.engine, blamed.handles)) return 'warning'
    // In a test run its threads go on beside the next tests.
    if (trigger !== 'assert' && isPoolAtRest(blamed)) return 'warning'
    // What only its name tells, and what holds nothing, is not sure enough.
    if (blamed.engine.lease && blamed.engine.origin === 'convention' && blamed.handles.length === 0)
      return 'warning'
    // It is judged as its timer would be without it.
    const { engine, handles, children } = blamed
    if (children.length === 0 && isOneShot(engine, handles)) {
      if (handles.every(({ ref, dueMs }) => !ref || (dueMs ?? 0) <= soonMs)) return 'warning'
    }
    return severityByHoldings(blamed)
  },
  blames: 'outermost',
  afterwards: 'fault',
  isRunning: true,
}
