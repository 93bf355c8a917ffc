import { expect, it } from 'vitest'
import type { EngineRecord } from '../../src/core/records/engine-record.ts'
import { withoutTheirTurn } from '../../src/judge/hanging-stops.ts'
import type { Fault } from '../../src/judge/judge.ts'

const engine = (name: string, changes: Partial<EngineRecord> = {}) =>
  ({
    name,
    origin: 'convention',
    startedAt: 1,
    stopCalledAt: 2,
    parent: null,
    test: null,
    ...changes,
  }) as EngineRecord

function fault(kind: Fault['kind'], of: EngineRecord, severity: Fault['severity'] = 'leak'): Fault {
  return { kind, severity, engine: of, state: null, handles: [], children: [] }
}

it('leaves out what had no turn, and makes a leak of what hangs', () => {
  const store = engine('Store')
  const faults = [fault('stop-pending', store, 'warning'), fault('never-stopped', engine('Queue'))]
  expect(withoutTheirTurn(faults, () => true)).toEqual([fault('stop-pending', store)])
  expect(withoutTheirTurn(faults, () => false)).toEqual(faults)
})

it('keeps what was begun later, what belongs to other tests, and other faults', () => {
  const test = { file: 'a.js', name: null, hook: null, allowed: null } as unknown as EngineRecord['test']
  const later = fault('never-stopped', engine('Later', { startedAt: 3 }))
  const elsewhere = fault('never-stopped', engine('Elsewhere', { test }))
  const faults = [
    fault('stop-pending', engine('Store')),
    later,
    elsewhere,
    fault('abandoned', engine('Lost')),
  ]
  expect(withoutTheirTurn(faults, () => true)).toEqual(faults)
})

it('asks of the outermost stop alone', () => {
  const app = engine('App')
  const store = engine('Store', { parent: app })
  const faults = [
    fault('stop-pending', store),
    fault('stop-pending', app),
    fault('never-stopped', engine('Queue')),
  ]
  expect(withoutTheirTurn(faults, ({ name }) => name === 'Store')).toEqual(faults)
  expect(withoutTheirTurn(faults, ({ name }) => name === 'App')).toEqual(faults.slice(0, 2))
})
