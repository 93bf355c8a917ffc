import { describe, expect, it } from 'vitest'
import { scopeOfAll } from '../../src/judge/scope.ts'

const file = '/shop/test/order.test.js'
const scope = (name: string | null, hook: string | null) => ({ file, name, hook, allowed: null })
const nameOf = (hook: string | null, ...names: (string | null)[]) =>
  scopeOfAll(names.map((name) => scope(name, hook)))?.name

describe('the test of a finding', () => {
  it('is the suite that a hook of each test belongs to', () => {
    expect(nameOf('beforeEach', 'orders > rows > are read', 'orders > rows > are written')).toBe(
      'orders > rows',
    )
    expect(nameOf('beforeEach', 'rows > are read', 'columns > are read')).toBe(null)
  })

  it('is that test where it came to one alone', () => {
    expect(nameOf('beforeEach', 'rows > are read')).toBe('rows > are read')
    expect(nameOf('afterEach', 'rows > are read', 'rows > are read')).toBe('rows > are read')
  })

  it('is the first where no hook has leaked, or hooks of two kinds', () => {
    expect(nameOf(null, 'rows > are read', 'rows > are written')).toBe('rows > are read')
    const both = [scope('rows > are read', 'beforeEach'), scope('rows > are written', 'afterEach')]
    expect(scopeOfAll(both)).toEqual(both[0])
  })

  it('is none outside of tests', () => {
    expect(scopeOfAll([null, null])).toBe(null)
  })
})
