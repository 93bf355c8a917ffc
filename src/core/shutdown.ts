/** The order in which engines were stopped once the program began to shut down. */
import { now } from './clock.ts'
import type { EngineRecord } from './engine-record.ts'

const limit = 1000
let startedAt: number | null = null
const order: EngineRecord[] = []

/**
 * Stops since the last start. Nothing says that a program without a signal begins to end: `await server.close()`, `await
 * pool.end()`, and it drains. But one that goes on starts engines again, so what was stopped after the last start may have been the
 * end. Kept as long as it may: a start has it begin anew, which costs a write.
 */
const tail: EngineRecord[] = []
let tailLength = 0
let lastStarted: EngineRecord | null = null
/** What was stopped longer than that before the next stop, or the end, did not lead to it: a request's engine, an hour ago. */
const tailGapMs = 10_000

/** Past the limit only what may still be stopping is kept: it is what matters. */
const beyond = new Set<EngineRecord>()
let omitted = 0
let beyondUntilLook = limit

function noteBeyond(record: EngineRecord): void {
  beyond.add(record)
  if (beyond.size < beyondUntilLook) return
  for (const each of beyond) {
    if (each.stoppedAt === null) continue
    beyond.delete(each)
    omitted += 1
  }
  beyondUntilLook = Math.max(limit, beyond.size * 2)
}

/** The program was told to end; the first call counts. */
export function shutdownBegins(): void {
  startedAt ??= now()
}

let exitAt: number | null = null

/** The exit listeners are about to be called. Where nobody told the program to end, its last stops were the shutdown. */
export function exitBegins(): void {
  if (exitAt !== null) return
  exitAt = now()
  if (startedAt !== null) return
  const stops = [...tail.slice(0, tailLength), ...beyond]
  let from = stops.length
  let until = exitAt
  for (; from > 0; from -= 1) {
    const { stopCalledAt, stoppedAt } = stops[from - 1] as EngineRecord
    if (stopCalledAt === null || until - (stoppedAt ?? until) > tailGapMs) break
    until = Math.min(until, stopCalledAt)
  }
  order.push(...tail.slice(from, tailLength))
  startedAt = until
}

export function isExiting(): boolean {
  return exitAt !== null
}

/** What counts as now for a judgement: at exit, when that began; how long leakwatch takes to get there is not the program's. */
export function judgedAt(): number {
  return exitAt ?? now()
}

/** `record` was started. */
export function noteStart(record: EngineRecord): void {
  lastStarted = record
  tailLength = 0
  if (startedAt !== null || beyond.size === 0) return
  beyond.clear()
  omitted = 0
  beyondUntilLook = limit
}

/** The stop of `record` is called; when that was is not noted yet. */
export function noteShutdownStop(record: EngineRecord): void {
  if (startedAt === null) {
    if (tailLength > 0 && tailLength <= looksInTail && isQuiet()) lookAtStops(tail, tailLength)
    if (tailLength === limit) noteBeyond(record)
    else {
      tail[tailLength] = record
      tailLength += 1
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

function isQuiet(): boolean {
  return lastStarted !== null && now() - lastStarted.startedAt >= quietMs
}

/** Whether the last of them have ended, so that they do not seem to go on beside the next. */
function lookAtStops(stops: readonly EngineRecord[], length: number): void {
  for (let index = Math.max(0, length - looksBack); index < length; index += 1) stops[index]?.lookAtStop?.()
}

export interface BegunShutdown {
  startedAt: number
  order: readonly EngineRecord[]
  /** Stops that have finished, and are not in `order`: there were too many. */
  omitted: number
}

/** `null` while the program runs on. */
export function shutdown(): BegunShutdown | null {
  if (startedAt === null) return null
  const pending = [...beyond].filter(({ stoppedAt }) => stoppedAt === null)
  return {
    startedAt,
    order: pending.length === 0 ? order : [...order, ...pending],
    omitted: omitted + beyond.size - pending.length,
  }
}
