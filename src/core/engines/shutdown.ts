/** The order in which engines were stopped once the program began to shut down. */
import type { EngineRecord } from '../records/engine-record.ts'
import { now } from '../time/clock.ts'
import { state } from './state.ts'

const limit = 1000
/** What was stopped longer than that before the next stop, or the end, did not lead to it: a request's engine, an hour ago. */
const tailGapMs = 10_000

function noteBeyond(record: EngineRecord): void {
  const beyond = require('./stops-beyond.js') as typeof import('./stops-beyond.ts')
  beyond.noteBeyond(record, limit)
}

/** The program was told to end; the first call counts. */
export function shutdownBegins(): void {
  state.shutdown.startedAt ??= now()
}

/** A listener of the program's is about to hear a signal that ends programs; the first call counts. */
export function endIsAsked(): void {
  state.shutdown.askedAt ??= now()
}

/** `null`: no listener of the program's has heard such a signal. */
export function endAskedAt(): number | null {
  return state.shutdown.askedAt
}

/**
 * The exit listeners are about to be called. Where nobody told the program to end, its last stops were the shutdown: a program that
 * goes on starts engines again, so what was stopped after the last start may have been the end.
 */
export function exitBegins(): void {
  const { shutdown } = state
  if (shutdown.exitAt !== null) return
  shutdown.exitAt = now()
  if (shutdown.startedAt !== null) return
  const { tail, tailLength, beyond } = shutdown
  const stops = [...tail.slice(0, tailLength), ...beyond]
  let from = stops.length
  let until = shutdown.exitAt
  for (; from > 0; from -= 1) {
    const { stopCalledAt, stoppedAt } = stops[from - 1] as EngineRecord
    if (stopCalledAt === null || until - (stoppedAt ?? until) > tailGapMs) break
    until = Math.min(until, stopCalledAt)
  }
  shutdown.order.push(...tail.slice(from, tailLength))
  shutdown.startedAt = until
}

export function isExiting(): boolean {
  return state.shutdown.exitAt !== null
}

/** What counts as now for a judgement: at exit, when that began; how long leakwatch takes to get there is not the program's. */
export function judgedAt(): number {
  return state.shutdown.exitAt ?? now()
}

/** `record` was started: what was stopped before did not lead to the end. That costs a write. */
export function noteStart(record: EngineRecord): void {
  const { shutdown } = state
  shutdown.lastStarted = record
  shutdown.tailLength = 0
  if (shutdown.startedAt !== null || shutdown.beyond.size === 0) return
  shutdown.beyond.clear()
  shutdown.omitted = 0
  shutdown.beyondUntilLook = limit
}

/** The stop of `record` is called; when that was is not noted yet. */
export function noteShutdownStop(record: EngineRecord): void {
  const { shutdown } = state
  const { tail, tailLength, order } = shutdown
  if (shutdown.startedAt === null) {
    if (tailLength > 0 && tailLength <= looksInTail && isQuiet(shutdown.lastStarted))
      lookAtStops(tail, tailLength)
    if (tailLength === limit) noteBeyond(record)
    else {
      tail[tailLength] = record
      shutdown.tailLength += 1
    }
  } else if (!order.includes(record)) {
    if (order.length >= limit) noteBeyond(record)
    else {
      lookAtStops(order, order.length)
      order.push(record)
    }
  }
}

const looksBack = 16
const looksInTail = 64
/** A look takes some 10 µs: where engines come and go faster than that, none is worth it. */
const quietMs = 50

function isQuiet(lastStarted: EngineRecord | null): boolean {
  return lastStarted !== null && now() - lastStarted.startedAt >= quietMs
}

/** Whether the last of them have ended, so that they do not seem to go on beside the next. */
function lookAtStops(stops: readonly EngineRecord[], length: number): void {
  for (let index = Math.max(0, length - looksBack); index < length; index += 1) stops[index]?.lookAtStop?.()
}
