import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { engineKinds, handleKinds, kindOf, placeKinds } from '../../../src/judge/kinds/by-subject.ts'
import { isKind, kindNames } from '../../../src/judge/kinds/list.ts'
import type { Phrases } from '../../../src/report/words/kinds/words.ts'
import { wordsOf } from '../../../src/report/words/kinds/words.ts'

const filesIn = (folder: string) =>
  readdirSync(fileURLToPath(new URL(`../../../src/${folder}/`, import.meta.url)))

/** As of one engine that was started. */
const phrases: Phrases = {
  name: 'Pump',
  count: 1,
  isOne: true,
  who: 'Pump',
  age: '3 min',
  oldest: '3 min',
  stopAge: '2 s',
  isCutOff: false,
  stopFailed: false,
  isFinal: true,
  left: '1 setInterval',
  hasOthers: false,
  stopCall: '`stop()`',
  startedAgainBy: null,
  strayStop: null,
  waitsFor: null,
  openedBy: null,
  openedIn: null,
  asked: '',
  leftEngines: null,
  leftCalls: null,
  stopMethod: '`Pump.stop()`',
  forcedCall: null,
  isLease: false,
  callers: 'a caller has waited for 11 s',
  lent: null,
  isCore: false,
  orUsing: '',
  startCall: '`start()`',
  place: 'src/pump.ts:4',
  startedAt: ' (started at src/pump.ts:4)',
  asElsewhere: '',
  endingHook: null,
}

describe.each(kindNames)('%s', (name) => {
  it('has a file that judges and one that says it, both of its name', () => {
    expect(filesIn('judge/kinds')).toContain(`${name}.ts`)
    expect(filesIn('report/words/kinds')).toContain(`${name}.ts`)
  })

  it('says what happened, what to write, and what it means', () => {
    const { message, fix, explanation } = wordsOf(name)
    expect(message(phrases)).toMatch(/^(?:1 )?Pump\b.*[^.]$/)
    expect(fix(phrases)).toMatch(/^[A-Z].*`.*\.$/)
    expect(explanation.summary).toMatch(/^[A-Z].*\.$/)
    for (const some of [explanation.causes, explanation.fixes, explanation.examples])
      expect(some.length).toBeGreaterThan(0)
  })

  it('knows the kinds that it speaks of', () => {
    const kind = kindOf(name)
    const others = kind.of === 'place' ? Object.keys(kind.goesWith) : (kind.outranks ?? [])
    expect(others.filter((other) => !isKind(other) || other === name)).toEqual([])
  })
})

it('a kind comes before those that it outranks', () => {
  for (const kinds of [engineKinds, handleKinds]) {
    const names: string[] = kinds.map(({ name }) => name)
    for (const { name, kind } of kinds)
      for (const other of kind.outranks ?? []) expect(names.indexOf(name)).toBeLessThan(names.indexOf(other))
  }
})

it('each kind is a fault of one thing', () => {
  const names = [...engineKinds, ...placeKinds, ...handleKinds].map(({ name }) => name)
  expect(names.sort()).toEqual([...kindNames].sort())
})

it('what is no kind is none, whatever objects inherit', () => {
  expect(['constructor', '__proto__', '../../evil', 'leaked'].filter(isKind)).toEqual([])
})
