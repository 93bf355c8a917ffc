import { expect, it } from 'vitest'
import type { Fault } from '../../src/judge/judge.ts'
import { withoutRunnersOwn } from '../../src/judge/runners-own.ts'

/** An orphan that was opened from these files, the innermost first. */
function orphan(...files: string[]): Fault {
  const stack = { frames: files.map((file) => ({ file, function: null, construct: false })) }
  return {
    kind: 'orphan',
    severity: 'warning',
    engine: null,
    handles: [{ live: { record: { stack } } }],
  } as never
}

const tsx = '/app/node_modules/tsx/dist/require.mjs'

it('what a runner opens for itself is left out: the socket of tsx to its parent', () => {
  expect(withoutRunnersOwn([orphan('node:net', tsx)], 'exit')).toEqual([])
})

it('what the program opens stays, whatever has loaded it, and so does what another dependency opens', () => {
  const others = [
    orphan('node:net', '/app/main.ts', tsx),
    orphan('node:net', '/app/node_modules/pool/index.js'),
  ]
  expect(withoutRunnersOwn(others, 'exit')).toEqual(others)
})

it('stays in the report of a process that goes on', () => {
  const own = orphan('node:net', tsx)
  expect(withoutRunnersOwn([own], 'signal')).toEqual([own])
})
