import { describe, expect, it } from 'vitest'
import { heldByLeases } from '../../src/judge/held-by-leases.ts'
import type { Fault } from '../../src/judge/judge.ts'

const lease = (parent: object | null = null): Fault =>
  ({
    kind: 'never-stopped',
    engine: { lease: true, package: 'undici', parent },
    handles: [],
    children: [],
  }) as never

const socket = (name: string): Fault => {
  const stack = { frames: [{ file: 'node:net' }, { file: `/app/node_modules/${name}/index.js` }] }
  return { kind: 'orphan', engine: null, handles: [{ live: { record: { stack } } }], children: [] } as never
}

describe('what a library keeps for a lease of nobody', () => {
  it('is told with the lease', () => {
    const [first, second, other] = [socket('undici'), socket('undici'), socket('pg')]
    const left = heldByLeases([first, second, other, lease()])
    expect(left.map(({ handles }) => handles)).toEqual([second?.handles, other?.handles, first?.handles])
  })

  it('is told by itself where the lease has a parent, whose it is, and where none is out', () => {
    const faults = [socket('undici'), lease({})]
    expect(heldByLeases(faults)).toBe(faults)
  })
})
