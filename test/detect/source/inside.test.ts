import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'

/** As built: they load others when they come to need them. */
const require = createRequire(import.meta.url)
const { transform } =
  require('../../../dist/detect/transform/transform.js') as typeof import('../../../src/detect/transform/transform.ts')
const { stripInjected } =
  require('../../../dist/detect/source/injection.js') as typeof import('../../../src/detect/source/injection.ts')

/** The keys of the methods that tell of their calls, as the registration of a class names them. */
function telling(members: string): string[] {
  const source = `class A {\n${members}\nclose() {} }`
  const changed = transform(source, '/app/a.js') as string
  expect(stripInjected(changed)).toBe(source)
  const keys = /\$leakwatch\$\.c\(.*?,(?:\d+),"([^"]*)"\);\}\}$/.exec(changed)?.[1] ?? ''
  return keys.split(',').filter((key) => key !== 'close')
}

describe('a method that tells of its calls', () => {
  it.each([
    ['returns nothing', 'start() { if (a) return; else return\n}'],
    ['returns what is no promise', 'start() { return { a() {} } }'],
    ['returns what may be one', 'start() {\nif (a) return this.b\nreturn c(() => {})\n}'],
    ['waits', 'async start() {\nawait a\nb = await c;\nconst d = await e\nreturn await f }'],
    ['waits in a branch', 'async start() { if (a) await b; else await c\nfor (;;) { await d } }'],
    ['waits in a try', 'async start() { try { await a } catch { b() } finally { c() } }'],
    ['waits inside an expression later', 'async start() { await a; return b(await c) }'],
    ['begins with directives', 'start() {\n"use strict"\n"use x";\na() }'],
    ['has functions', 'start() { return a(); function a() {} }'],
    ['takes patterns', 'start({ a, b: [c] }, d = 1, ...e) {}'],
  ])('%s', (_title, method) => {
    expect(telling(method)).toEqual(['start'])
  })

  it.each([
    ['is a generator', '*start() {}'],
    ['waits inside an expression first', 'async start() { return a(await b) }'],
    ['waits for each of many', 'async start() { for await (const a of b) c(a) }'],
    ['returns a list of expressions', 'start() { return a, b }'],
    ['would give a function a name', 'start() { return a || (() => {}) }'],
    ['has a function of a taken name', 'start(a) { function a() {} }'],
    ['has an error that a block would hide', 'start(a) { let a }'],
    ['calls eval', 'start() { eval("var a") }'],
    ['may throw what it returned away', 'start() { try { return this } finally { a() } }'],
    ['is private', '#start() {}'],
  ])('not one that %s', (_title, method) => {
    expect(telling(method)).toEqual([])
  })

  it('keeps the columns up to what is returned or awaited', () => {
    const lines = [
      'class A {',
      'async start() {',
      'await this.open(1)',
      'return this.open(2)',
      '}',
      'stop() {} }',
    ]
    const changed = (transform(lines.join('\n'), '/app/a.js') as string).split('\n')
    for (const index of [2, 3])
      expect(changed[index]?.indexOf('this.open')).toBe(lines[index]?.indexOf('this.open'))
    expect(changed.length).toBe(lines.length)
  })

  it('leaves a line alone whose columns a map knows', () => {
    const source = 'class A{start(){return 1}stop(){}}\n//# sourceMappingURL=a.js.map\n'
    expect(transform(source, '/app/a.js')).not.toContain('finally')
  })

  it('of a literal is a verb that uses `this`, and what is none', () => {
    const changed = transform('let a = { start() { b() }, stop() { this.c() }, d() {} }', '/app/a.js')
    expect(changed).toMatch(/\.o\(a,"a","\/app\/a\.js",1,1,"start",\d+,"stop,d"\);$/)
  })

  it.each([
    ['is a constant', 'const e = { start() {}, stop: () => {} }', 'start,stop'],
    ['may be another later', 'let e = { start() {}, stop() { this.a } }', 'stop'],
    [
      'has the name of what its functions declare',
      'const e = { start(e) {}, stop() { var e }, run: function e() {} }',
      '',
    ],
    ['has the arguments of another function', 'const e = { run: (a) => {}, stop() {} }', 'stop'],
  ])('of an object that %s', (_title, source, expected) => {
    const changed = transform(source, '/app/a.js') as string
    expect(stripInjected(changed)).toBe(source)
    expect(/"[^"]*",\d+,"([^"]*)"\);$/.exec(changed)?.[1] ?? '').toBe(expected)
  })
})
