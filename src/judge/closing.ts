/**
 * What is closing at an exit that cannot wait: it would have been gone in a moment, and is as good as closed. Where there is
 * time, the grace shows instead what does close. Pure.
 */
import type { EngineRecord } from '../core/engine-record.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'

/** `stock` without what is closing. What its engine was told to stop longer than `graceMs` ago had its time, and stays. */
export function withoutClosing({ engines, handles }: Stock, now: number, graceMs: number): Stock {
  const isClosing = ({ owner, isEngine, closing }: OwnedHandle) => {
    if (owner !== null && hadTime(owner, now, graceMs)) return false
    return closing || (isEngine && isClosingEngine(owner))
  }
  const left = handles.filter((handle) => !isClosing(handle))
  // A server that waits for its connections stays, and with it what waits for the server.
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

/** A core engine closes by itself once its stop was called; a program's own may never. */
function isClosingEngine(engine: EngineRecord | null): boolean {
  return engine?.origin === 'core' && engine.state === 'stopping'
}
