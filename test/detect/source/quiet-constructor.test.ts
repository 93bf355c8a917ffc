import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

const { transform } = createRequire(import.meta.url)(
  '../../../dist/detect/transform/transform.js',
) as typeof import('../../../src/detect/transform/transform.ts')

/** Whether a class with these members is registered as one whose constructor opens nothing. */
function isQuiet(members: string): boolean {
  const changed = transform(`class A {\n${members}\nstart() {}\nstop() {}\n}`, '/app/a.js') ?? ''
  return /c\(this,"A","\/app\/a\.js",1,\d+,true[,)]/.test(changed)
}

describe('a constructor that opens nothing', () => {
  it.each([
    ['none at all', ''],
    ['plain values', '#timer\nrows = []\nconstructor(options) { this.ms = options.ms ?? 10 }'],
    ['builtins', '#rows = new Map()\nconstructor() { this.at = Date.now(); this.id = Math.random() }'],
    [
      'functions as values',
      'tick = () => setInterval(f)\nconstructor() { this.stop = () => clearInterval(this.t) }',
    ],
    ['a bound method', 'constructor() { this.tick = this.tick.bind(this) }'],
    ['an error', 'constructor(ms) { if (!ms) throw new TypeError("ms?") }'],
    ['static members', 'static timer = setInterval(f)\nstatic { boot() }'],
  ])('%s', (_, members) => {
    expect(isQuiet(members)).toBe(true)
  })

  it.each([
    ['a call', 'constructor() { connect() }'],
    ['a method of its own', 'constructor() { this.boot() }'],
    ['a timer', 'constructor() { setInterval(f) }'],
    ['a class', 'constructor() { this.pool = new Pool() }'],
    ['a field that calls', 'pool = makePool()'],
    ['a private field that calls', '#pool = makePool()'],
    ['a function handed to a builtin', 'constructor(rows) { Array.from(rows, open) }'],
    ['an arrow function handed to one', 'constructor(rows) { new Map(rows, () => open()) }'],
    ['a function that is called at once', 'constructor() { (() => setInterval(f))() }'],
    [
      'a loop over what may be a generator',
      'constructor(rows) { for (const row of rows) this[row.id] = row }',
    ],
    ['a template that is a call', 'constructor() { open`door` }'],
    ['a `bind` of something else', 'constructor() { core.bind(this) }'],
    ['a `bind` of a pool', 'constructor() { this.pool.bind(0) }'],
    ['an import', 'constructor() { import("../pool.js") }'],
    ['a default that calls', 'constructor(pool = makePool()) { this.pool = pool }'],
  ])('not with %s', (_, members) => {
    expect(isQuiet(members)).toBe(false)
  })

  it('not with a class of the program that is named as a builtin', () => {
    const source = 'import { Map } from "../map.js"\nclass A { rows = new Map(); start() {} stop() {} }'
    expect(transform(source, '/app/a.js')).not.toMatch(/,true[,)]/)
  })
})
