import { describe, expect, it } from 'vitest'
import type { EngineRecord } from '../../src/core/records/engine-record.ts'
import type { OwnedHandle } from '../../src/core/stock.ts'
import { withoutClosing } from '../../src/judge/closing.ts'

const now = 1000
const graceMs = 250

function engine(parts: Partial<EngineRecord>): EngineRecord {
  return { origin: 'core', state: 'stopping', stopCalledAt: now - 10, ...parts } as EngineRecord
}

function handle(owner: EngineRecord | null, parts: Partial<OwnedHandle> = {}): OwnedHandle {
  return { owner, isEngine: false, closing: false, ...parts } as OwnedHandle
}

function left(engines: EngineRecord[], handles: OwnedHandle[]): [number, number] {
  const stock = withoutClosing({ engines, handles }, now, graceMs)
  return [stock.engines.length, stock.handles.length]
}

describe('what is closing at an exit', () => {
  it('leaves out what was told to close, whoever owns it', () => {
    const running = engine({ origin: 'convention', state: 'running', stopCalledAt: null })
    expect(left([running], [handle(null, { closing: true }), handle(running, { closing: true })])).toEqual([
      1, 0,
    ])
  })

  it('leaves out a core engine that was just told to stop, with its own handle', () => {
    const child = engine({})
    expect(left([child], [handle(child, { isEngine: true })])).toEqual([0, 0])
  })

  it('keeps what is not closing', () => {
    const stopped = engine({ origin: 'convention', state: 'stopped' })
    expect(left([], [handle(null), handle(stopped)])).toEqual([0, 2])
  })

  it('keeps what had its time', () => {
    const child = engine({ stopCalledAt: now - graceMs })
    const stopped = engine({ origin: 'convention', state: 'stopped', stopCalledAt: now - graceMs })
    expect(left([child], [handle(child, { isEngine: true }), handle(stopped, { closing: true })])).toEqual([
      1, 2,
    ])
  })

  it('keeps a server that waits for a connection', () => {
    const server = engine({})
    expect(left([server], [handle(server, { isEngine: true }), handle(server)])).toEqual([1, 1])
  })

  it('keeps an engine of the program whose stop has not ended', () => {
    expect(left([engine({ origin: 'convention' })], [])).toEqual([1, 0])
  })
})
