/**
 * An exit cannot wait: what is closing then would be gone in a moment, and counts as closed. A report that can wait sees what
 * closes within the grace time. Pure.
 */
import type { EngineRecord } from '../core/records/engine-record.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { closesByItself } from './kinds/kind.ts'

/** `stock` without what is closing. An engine that was told to stop longer than `graceMs` ago had its time: what it holds is kept. */
export function withoutClosing({ engines, handles }: Stock, now: number, graceMs: number): Stock {
  const isClosing = ({ owner, isEngine, closing }: OwnedHandle) => {
    if (owner !== null && hadTime(owner, now, graceMs)) return false
    if (owner?.origin === 'library' && isClosingEngine(owner)) return true
    return closing || (isEngine && isClosingEngine(owner))
  }
  const left = handles.filter((handle) => !isClosing(handle))
  // A server that waits for its connections is kept, and so is what waits for the server.
  const holders = new Set(left.map(({ owner }) => owner))
  return {
    engines: engines.filter(
      (engine) => holders.has(engine) || hadTime(engine, now, graceMs) || !isClosingEngine(engine),
    ),
    handles: left,
  }
}

function hadTime({ stopCalledAt }: EngineRecord, now: number, graceMs: number): boolean {
  return stopCalledAt !== null && now - stopCalledAt >= graceMs
}

function isClosingEngine(engine: EngineRecord | null): boolean {
  return engine !== null && closesByItself(engine) && engine.state === 'stopping'
}

/** `stock` at the end of a process whose event loop had nothing left to wait for. */
export function withoutHold({ engines, handles }: Stock): Stock {
  return { engines, handles: handles.map((handle) => (handle.ref ? { ...handle, ref: false } : handle)) }
}
