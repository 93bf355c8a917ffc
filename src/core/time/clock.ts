/**
 * Time and timers as they were when leakwatch was loaded: a program's fake timers replace the globals, not these.
 */
import { attempt } from '../self/faults.ts'
import { state } from './state.ts'

const { setTimeout, clearTimeout } = globalThis
/** Not `performance`, for which Node loads 11 modules. */
const { hrtime } = process

const atLoad = hrtime()
const loadedAt = process.uptime() * 1000

/** Milliseconds since the process (or thread) started, with a fraction. */
export function now(): number {
  const time = hrtime()
  return loadedAt + (time[0] - atLoad[0]) * 1e3 + (time[1] - atLoad[1]) / 1e6
}

/** The wall clock at `now() === 0`, in milliseconds since 1970. */
export const origin: number = Date.now() - now()

/** Whether the handle that async_hooks announces at this moment is a timer of leakwatch's own. */
export function isMakingTimer(): boolean {
  return state.isMakingTimer
}

/**
 * Timers that are made once and set anew for each use: the program's own async hooks hear of no timer of
 * leakwatch's while it runs, and none keeps the store of the context that asked for it.
 */
export interface Alarm {
  readonly timer: Timer
  callback: (() => void) | null
}

/** A member of one of Node's lists of timers. */
interface Timer {
  _idleTimeout: number
  _idleNext: Timer | null
  _idlePrev: Timer | null
  refresh(): unknown
}

const restMs = 2 ** 31 - 1
const alarmCount = 5
// Once it is cleared, nothing is left in the list, and Node forgets it.
const last = setTimeout(() => {}, restMs)
for (let index = 0; index < alarmCount; index += 1) state.alarms.push(makeAlarm())
clearTimeout(last)

function makeAlarm(): Alarm {
  const ring = () => {
    const { callback } = alarm
    alarm.callback = null
    rest(timer)
    ringing(callback)
  }
  const timer = setTimeout(ring, restMs).unref() as unknown as Timer
  const alarm: Alarm = { timer, callback: null }
  rest(timer)
  return alarm
}

/** Takes an alarm out of its list (see `core/handles/lost-timers.ts`). Node takes a timer for over that has no neighbours. */
function rest(timer: Timer): void {
  const { _idleNext: next, _idlePrev: previous } = timer
  if (next !== null) next._idlePrev = previous
  if (previous !== null) previous._idleNext = next
  timer._idleNext = timer
  timer._idlePrev = timer
}

/** Whatever comes of it, modules that cannot be read among it, is none of the program's business. */
function ringing(callback: (() => void) | null): void {
  if (callback !== null) attempt('what leakwatch does after a while', callback)
}

/** Calls back once, after `ms`, without keeping the process alive and without being followed. Returns its undo. */
export function later(ms: number, callback: () => void): () => void {
  const alarm = state.alarms.find((each) => each.callback === null)
  if (alarm === undefined) return makeTimer(ms, callback, false)
  alarm.callback = callback
  alarm.timer._idleTimeout = ms
  alarm.timer.refresh()
  return () => {
    if (alarm.callback !== callback) return
    alarm.callback = null
    rest(alarm.timer)
  }
}

function makeTimer(ms: number, callback: () => void, hold: boolean): () => void {
  state.isMakingTimer = true
  try {
    const timer = setTimeout(() => ringing(callback), ms)
    if (!hold) timer.unref()
    return () => clearTimeout(timer)
  } finally {
    state.isMakingTimer = false
  }
}

/** A wait that keeps the process alive only where `hold` is set. */
export async function wait(ms: number, hold: boolean): Promise<void> {
  state.holding += +hold
  await new Promise<void>((resolve) => makeTimer(ms, resolve, hold))
  state.holding -= +hold
}
