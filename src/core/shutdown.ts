/** The order in which engines were stopped once the program began to shut down. */
import { now } from './clock.ts'
import type { EngineRecord } from './engine-record.ts'

const limit = 1000
let startedAt: number | null = null
const order: EngineRecord[] = []

/** The program was asked to end, or ends; the first call counts. */
export function shutdownBegins(): void {
  startedAt ??= now()
}

let isExit = false

/** The exit listeners are about to be called. */
export function exitBegins(): void {
  isExit = true
}

export function isExiting(): boolean {
  return isExit
}

/** The stop of `record` was called. */
export function noteShutdownStop(record: EngineRecord): void {
  if (startedAt !== null && order.length < limit && !order.includes(record)) order.push(record)
}

/** `null` while the program runs on. */
export function shutdown(): { startedAt: number; order: readonly EngineRecord[] } | null {
  return startedAt === null ? null : { startedAt, order }
}
