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

let exitAt: number | null = null

/** The exit listeners are about to be called. */
export function exitBegins(): void {
  exitAt ??= now()
}

export function isExiting(): boolean {
  return exitAt !== null
}

/** What counts as now for a judgement: at exit, when that began; how long leakwatch takes to get there is not the program's. */
export function judgedAt(): number {
  return exitAt ?? now()
}

/** The stop of `record` was called. */
export function noteShutdownStop(record: EngineRecord): void {
  if (startedAt !== null && order.length < limit && !order.includes(record)) order.push(record)
}

/** `null` while the program runs on. */
export function shutdown(): { startedAt: number; order: readonly EngineRecord[] } | null {
  return startedAt === null ? null : { startedAt, order }
}
