/** Describes a shutdown: which engines stopped in which order, which at the same time, and what was left open. */

import type { BegunShutdown } from '../../core/engines/begun-shutdown.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { OwnedHandle, Stock } from '../../core/stock.ts'
import { now } from '../../core/time/clock.ts'
import type { Shutdown, Stop } from '../schema/report.ts'
import { shownName } from '../secrets/shown.ts'
import { engineId, handleId, timestamp } from './parts.ts'

const listedAtMost = 10_000
const alongsideShown = 10
/** leakwatch looks every few milliseconds: the order of stops that finished between two looks is not known. */
const oneLookMs = 5

/** `handles`: the handles that the report shows. */
export function describeShutdown(
  begun: BegunShutdown | null,
  stock: Pick<Stock, 'engines'>,
  handles: readonly OwnedHandle[],
): Shutdown | null {
  if (begun === null) return null
  const open = new Set(stock.engines)
  const late = leftBehind(begun, stock)
  return {
    startedAt: timestamp(begun.startedAt),
    order: begun.order.map((engine) => describeStop(engine, begun, late.get(engine) ?? [])),
    omitted: begun.omitted,
    openAtEnd: {
      engines: stock.engines.slice(0, listedAtMost).map(engineId),
      handles: handles.filter(({ owner }) => owner === null || !open.has(owner)).map(handleId),
    },
  }
}

function describeStop(engine: EngineRecord, begun: BegunShutdown, late: readonly EngineRecord[]): Stop {
  const { name, stoppedAt } = engine
  const calledAt = engine.stopCalledAt ?? begun.startedAt
  return {
    engine: engineId(engine),
    name: shownName(name),
    stopCalledAt: timestamp(calledAt),
    stoppedAt: stoppedAt === null ? null : timestamp(stoppedAt),
    tookMs: stoppedAt === null ? null : Math.max(0, Math.round(stoppedAt - calledAt)),
    alongside: alongside(engine, begun.order).map(engineId),
    stoppedBeforeChildren: late.map(engineId),
  }
}

function alongside(engine: EngineRecord, order: readonly EngineRecord[]): EngineRecord[] {
  const found: EngineRecord[] = []
  for (const each of order) {
    if (each === engine || isWithin(each, engine) || isWithin(engine, each) || !overlaps(each, engine))
      continue
    found.push(each)
    if (found.length === alongsideShown) break
  }
  return found
}

function overlaps(a: EngineRecord, b: EngineRecord): boolean {
  const end = ({ stoppedAt }: EngineRecord) => stoppedAt ?? now()
  return (a.stopCalledAt ?? 0) < end(b) && (b.stopCalledAt ?? 0) < end(a)
}

function isWithin(engine: EngineRecord, ancestor: EngineRecord): boolean {
  for (let each = engine.parent; each !== null; each = each.parent) if (each === ancestor) return true
  return false
}

/** For each engine whose stop has finished: the engines that it had started and that were not stopped by then. */
function leftBehind(
  { order }: BegunShutdown,
  { engines }: Pick<Stock, 'engines'>,
): Map<EngineRecord, EngineRecord[]> {
  const late = new Map<EngineRecord, EngineRecord[]>()
  const stopped = new Set(order)
  for (const child of new Set([...order, ...engines])) {
    const { parent } = child
    if (parent === null || parent.stoppedAt === null || !stopped.has(parent)) continue
    if (!isLeft(child, parent.stoppedAt)) continue
    const known = late.get(parent)
    if (known === undefined) late.set(parent, [child])
    else if (known.length < listedAtMost) known.push(child)
  }
  return late
}

function isLeft({ startedAt, stopCalledAt, stoppedAt }: EngineRecord, parentStoppedAt: number): boolean {
  if (startedAt > parentStoppedAt) return false
  if (stopCalledAt !== null && stopCalledAt >= parentStoppedAt) return true
  return stoppedAt === null || stoppedAt > parentStoppedAt + oneLookMs
}
