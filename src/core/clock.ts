/**
 * Time and timers as they were when leakwatch was loaded: a program's fake timers replace the globals, not these.
 */
import { attempt } from './faults.ts'

const { setTimeout, clearTimeout, setInterval } = globalThis
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

let making = false

/** Whether the handle that async_hooks announces at this moment is a timer of leakwatch's own. */
export function isMakingTimer(): boolean {
  return making
}

/**
 * Intervals that are made once and set anew for each use: the program's own async hooks are told of no timer of
 * leakwatch's while it runs, and none keeps the store of the context that asked for it.
 */
interface Alarm {
  readonly timer: { _idleTimeout: number; refresh(): unknown }
  callback: (() => void) | null
  /** Until its callback has returned it is not set anew: Node would put it to rest right after. */
  isRinging: boolean
}

/** An alarm that is not set is due in 24 days. */
const restMs = 2 ** 31 - 1
const alarmCount = 5
const alarms = Array.from({ length: alarmCount }, makeAlarm)

function makeAlarm(): Alarm {
  const ring = () => {
    alarm.isRinging = true
    ringing(alarm.callback)
    alarm.callback = null
    alarm.isRinging = false
  }
  const timer = setInterval(ring, restMs)
  timer.unref()
  const alarm: Alarm = { timer: timer as unknown as Alarm['timer'], callback: null, isRinging: false }
  return alarm
}

/** Whatever comes of it, modules that cannot be read among it, is none of the program's business. */
function ringing(callback: (() => void) | null): void {
  if (callback !== null) attempt('what leakwatch does after a while', callback)
}

/** Once it has rung, an interval goes back to the time that it was made with. */
function setAlarm({ timer }: Alarm, ms: number): void {
  timer._idleTimeout = ms
  timer.refresh()
}

/** Calls back once, after `ms`, without keeping the process alive and without being followed. Returns its undo. */
export function later(ms: number, callback: () => void): () => void {
  const alarm = alarms.find((each) => each.callback === null)
  if (alarm === undefined) return makeTimer(ms, callback)
  alarm.callback = callback
  setAlarm(alarm, ms)
  return () => {
    if (alarm.callback !== callback || alarm.isRinging) return
    alarm.callback = null
    setAlarm(alarm, restMs)
  }
}

function makeTimer(ms: number, callback: () => void): () => void {
  making = true
  try {
    const timer = setTimeout(() => ringing(callback), ms)
    timer.unref()
    return () => clearTimeout(timer)
  } finally {
    making = false
  }
}

/** A wait that keeps the process alive only where `hold` is set. */
export function wait(ms: number, hold: boolean): Promise<void> {
  return new Promise((resolve) => {
    making = true
    try {
      const timer = setTimeout(resolve, ms)
      if (!hold) timer.unref()
    } finally {
      making = false
    }
  })
}
