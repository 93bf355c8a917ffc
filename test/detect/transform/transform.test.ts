import { createRequire } from 'node:module'
import { describe, expect, it, vi } from 'vitest'
import { insertAll, stripInjected } from '../../../src/detect/source/injection.ts'
import { mayDefineEngine } from '../../../src/detect/source/may-define.ts'

/** As built: they load others when they come to need them. */
const require = createRequire(import.meta.url)
const { shiftInlineMap } =
  require('../../../dist/detect/source/inline-map.js') as typeof import('../../../src/detect/source/inline-map.ts')
const { shiftsOf, unshifted } =
  require('../../../dist/detect/source/shifts.js') as typeof import('../../../src/detect/source/shifts.ts')
const { insertionsFor, transform } =
  require('../../../dist/detect/transform/transform.js') as typeof import('../../../src/detect/transform/transform.ts')

/** What is registered, as `letter name line-endLine`, and where instances are announced. */
function registered(source: string, file = '/app/orders.js'): string[] {
  const changed = transform(source, file) ?? ''
  const calls = changed.matchAll(/\$leakwatch\$\.([cpno])\((?:[\w$.]+,"(.*?)","(.*?)",(\d+),(\d+))?/g)
  return [...calls].map(([, letter, name, , line, endLine]) =>
    name === undefined ? (letter as string) : `${letter} ${name} ${line}-${endLine}`,
  )
}

const verbs = 'start() {}\nstop() {}'
const methods = 'start() {},\nstop() {}'

describe('what is registered', () => {
  it.each([
    ['a class', `class A {\n${verbs}\n}`, ['n', 'c A 1-4']],
    ['a class expression', `const A = class {\n${verbs}\n}`, ['n', 'c A 1-4']],
    ['a named class expression', `register(class B {\n${verbs}\n})`, ['n', 'c B 1-4']],
    ['a class of a bundler', `var A = class _A {\n${verbs}\n}`, ['n', 'c A 1-4']],
    ['a class whose name a bundler kept', `var t = class{static{n(this,"A")}${verbs}}`, ['n', 'c A 1-2']],
    [
      'a class that registers itself',
      `class A { static { register(this, 'b') } ${verbs}\n}`,
      ['n', 'c A 1-3'],
    ],
    [
      'an ES5 constructor with a base',
      'B.prototype.start = function () {}\nB.prototype.stop = function () {}\ninherits(A, B)\nA.prototype.start = function () {}',
      ['p B 1-2', 'p A 4-4'],
    ],
    ['a default export', `export default class {\n${verbs}\n}`, ['n', 'c orders 1-4']],
    ['a returned class', `function makeA() { return class {\n${verbs}\n} }`, ['n', 'c makeA 1-4']],
    ['a property', `const x = { Engine: class {\n${verbs}\n} }`, ['n', 'c Engine 1-4']],
    ['a class with only a stop', 'class A { stop() {} }', ['n', 'c A 1-1']],
    ['a base class with only a start', 'class A {\n  start() {}\n}', ['c A 1-3']],
    ['a subclass without verbs', 'class A extends B { work() {} }', ['n', 'c A 1-1']],
    [
      'a subclass with a constructor',
      'class A extends B { constructor() { super(); go() } }',
      ['n', 'c A 1-1'],
    ],
    ['arrow functions in fields', 'class A { start = () => {}; stop = async () => {} }', ['n', 'c A 1-1']],
    [
      'verbs given in a constructor',
      'class A { constructor() { this.stop = f } start() {} }',
      ['n', 'n', 'c A 1-1'],
    ],
    ['static verbs', 'class A { static start() {} static stop() {} }', ['o A 1-1']],
    ['private fields that call', 'class A { #x = open(); start() {} stop() {} }', ['n', 'n', 'c A 1-1']],
    ['dispose', 'class A { open() {} [Symbol.dispose]() {} }', ['n', 'c A 1-1']],
    ['a literal', `const a = {\n${methods}\n}`, ['o a 1-4']],
    ['an exported literal', `export const a = {\n${methods}\n}`, ['o a 1-4']],
    ['a returned literal', `function makeA() { return {\n${methods}\n} }`, ['o makeA 1-4']],
    ['a literal of an arrow function', `const makeA = () => ({\n${methods}\n})`, ['o makeA 1-4']],
    ['shorthand properties', 'function makeA() { return { start, stop } }', ['o makeA 1-1']],
    ['module.exports', 'module.exports = { start, stop }', ['o orders 1-1']],
    ['an ES5 constructor', 'function A() {}\nA.prototype.start = f\nA.prototype.stop = f', ['p A 2-3']],
    [
      'an ES5 constructor whose methods a call gives',
      "var A = (function () {\nfunction A() {}\ndefine(A, [{ key: 'start', value: f }, { key: 'stop', value: f }])\nreturn A })()",
      ['p A 3-3'],
    ],
    [
      'one whose methods a call gives that is returned',
      "var A = (function () {\nfunction A() {}\nreturn define(A, [{ key: 'start', value: f }, { key: 'stop', value: f }]) })()",
      ['p A 3-3'],
    ],
    ['an ES5 prototype', 'function A() {}\nA.prototype = { start() {}, stop() {} }', ['p A 2-2']],
  ])('%s', (_title, source, expected) => {
    expect(registered(source)).toEqual(expected)
  })

  it.each([
    ['an error class', 'class A extends Error {}'],
    ['a class without verbs', 'class A { run2() {} stopped() {} }'],
    ['accessors named as verbs', 'class A { get start() { return 1 } get stop() { return 1 } }'],
    ['a literal with values', 'const range = { start: 1, stop: 2 }'],
    ['a literal with one verb', 'const a = { start() {} }'],
    ['text', 'const text = "class A { start() {} stop() {} }"'],
    ['what does not parse', 'class A { start() {} stop() {'],
  ])('not %s', (_title, source) => {
    expect(transform(source, '/app/orders.js')).toBeNull()
  })

  it('reads TypeScript', () => {
    const source = `export abstract class A<T> {\n  private x!: T\n  declare y: number\n  abstract start(): void\n  stop(this: A<T>): void {}\n}`
    expect(registered(source, '/app/a.ts')).toEqual(['n', 'c A 1-6'])
    expect(registered(`declare class A { start(): void; stop(): void }\n${source}`, '/app/a.ts')).toEqual([
      'n',
      'c A 2-7',
    ])
  })
})

describe('the inserted code', () => {
  const sources = [
    'class A {\n  start() {}\n  stop() {} // done\n}\nnext()',
    'class A { static\nget\nstart() {} stop() {} }',
    'class A { x = 1\n  #y = open()\n  get\n  = 2\n  stop() {} }',
    'const a = { start() {}, stop() {} }\n;[1].map(f)',
    'const a = { start() {}, stop() {} };\n(function () {})()',
    'class A extends B { #x = 1; stop() {} constructor() { super()\n this.go() } }',
    'class A extends B {}',
    'export default { start() {}, stop() {} }',
    "define(A, [{ key: 'start', value: function () { this.a() } }, { key: 'stop', value: f }]);[1].map(f)",
    "function f() { return define(A, [{ key: 'start', value: function () { this.a() } }, { key: 'stop', value: f }]) }\nclass B { stop() {} }",
    'function f() { return { start() {}, stop() {} } }\nclass C { stop() { return "}" } }',
  ]

  it.each(sources)('can be taken out again: %s', (source) => {
    const changed = transform(source, '/app/a.js')
    expect(changed).not.toBeNull()
    expect(stripInjected(changed as string)).toBe(source)
  })

  it.each(sources)('moves no line, and parses: %s', (source) => {
    const changed = transform(source, '/app/a.js') as string
    expect(changed.split('\n').length).toBe(source.split('\n').length)
    expect(insertionsFor(changed.replaceAll('$leakwatch$', 'other'), '/app/a.js')).not.toEqual([])
  })

  it.each(sources)('gives back every column: %s', (source) => {
    const insertions = insertionsFor(source, '/app/a.js')
    const shifts = shiftsOf(source, insertions)
    const changed = insertAll(source, insertions).split('\n')
    const starts = [0, ...[...source.matchAll(/\n/g)].map((found) => found.index + 1)] as [
      number,
      ...number[],
    ]
    for (const [index, line] of source.split('\n').entries()) {
      for (let column = 1; column <= line.length; column += 1) {
        const moved = shifts.filter((shift) => shift.line === index && shift.column < column)
        const at = column + moved.reduce((sum, { by }) => sum + by, 0)
        const offset = (starts[index] as number) + column - 1
        const isReplaced = insertions.some((each) => offset >= each.at && offset < each.at + (each.cut ?? 0))
        if (!isReplaced) expect(changed[index]?.[at - 1]).toBe(line[column - 1])
        expect(unshifted(shifts, index + 1, at)).toBe(column)
      }
    }
  })

  it('leaves code that has it alone', () => {
    const changed = transform(sources[0] as string, '/app/a.js') as string
    expect(transform(changed, '/app/a.js')).toBeNull()
  })
})

describe('an inline source map', () => {
  const line = 'class A{start(){}stop(){}}go();'
  const mapOf = (text: string) => {
    const data = /base64,(\S+)/.exec(text)?.[1] as string
    return JSON.parse(Buffer.from(data, 'base64').toString()) as { mappings: string }
  }
  // Column 26 of line 1 (`go`) is line 5, column 0 of the source.
  const map = { version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA,0BAIA' }
  const source = `${line}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`

  it('is moved along with what stands after an insertion', async () => {
    const { decode } = await import('@jridgewell/sourcemap-codec')
    const insertions = insertionsFor(source, '/app/a.js')
    const changed = shiftInlineMap(insertAll(source, insertions), source, insertions)
    const [segments] = decode(mapOf(changed).mappings)
    expect(changed.indexOf('go()')).toBe(segments?.[1]?.[0])
    expect(segments?.[1]?.slice(1)).toEqual([0, 4, 0])
  })

  it('that cannot be read is left as it is', () => {
    const broken =
      'class A { start() {} stop() {} }\n//# sourceMappingURL=data:application/json;base64,e30=\n'
    expect(transform(broken, '/app/a.js')).toContain('base64,e30=')
  })
})

describe('the cheap test', () => {
  it.each([
    ['calls', 'class A { go() { file.open(); run(1)\nreturn close() } }'],
    ['text', '// stop: the end, and close it\nclass A { go() { return "runs to the end: it stops" } }'],
    ['variables', 'class A { go(start, end) { const open = () => end; return { start: 1, end: 2 } } }'],
    ['fields that are data', 'class A { start = 0; end = [1]; go() { this.end = 5 } }'],
    ['functions', 'class A {}\nfunction start() {}\nasync function* stop() {}'],
    ['one verb of a literal', 'const a = { start() {}, go: stop }'],
    ['names with more in them than a verb', 'class A { openMenu() {}\nrunFast() {} }'],
    ['error classes', 'class A extends Error {}\nclass B extends errors.HttpError {}'],
  ])('holds back %s', (_title, source) => {
    expect(mayDefineEngine(source)).toBe(false)
  })

  it.each([
    ['a method', 'class A { a = 1\n stop() {} }'],
    ['a method of many kinds', 'class A { static async *run(a = ")", b = f(/* ( */ 1)) // first\n {} }'],
    ['a typed method', 'class A { private async stop<T>(a: () => void): Promise<T> {} }'],
    ['a quoted method', 'class A { "stop"() {} }'],
    ['a computed method', "class A { ['stop']() {} }"],
    ['a typed field', 'class A { stop: () => void = async () => {} }'],
    ['two of a family', 'class A { startPolling() {}\nstopPolling() {} }'],
    ['a verb of a framework', 'class A { onModuleDestroy() {} }'],
    ['a subclass', 'class A extends mixin(B) {}'],
    ['properties', 'const a = { start: begin, "stop": () => {} }'],
    ['shorthand properties', 'const a = {\n  start, // it\n  stop,\n}'],
    ['a prototype', 'A.prototype.stop = f'],
    ['descriptors', 'define(A, [{ key: "start", value: f }, { key: "stop", value: f }])'],
  ])('lets %s through', (_title, source) => {
    expect(mayDefineEngine(source)).toBe(true)
  })

  it.each([
    ['classes', 'class '],
    ['verbs', 'open('],
    ['verbs on lines', '\n open('],
    ['spaces', ' '.repeat(5), 'stop'],
  ])('reads twice as much of a text twice as long: %s', (_title, part, end = '') => {
    const [once, twice] = [2000, 4000].map((times) => charactersRead(part.repeat(times) + end))
    expect(twice).toBeLessThan((once as number) * 2.1)
    expect(once).toBeLessThan(part.length * 2000 * 500)
  })
})

/** How many characters regular expressions pass, what they look back at left out. */
function charactersRead(text: string): number {
  let read = 0
  const { exec } = RegExp.prototype
  const spy = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, given) {
    const from = this.global || this.sticky ? this.lastIndex : 0
    const found = Reflect.apply(exec, this, [given])
    read += found === null ? (this.sticky ? 1 : given.length - from) : found.index + found[0].length - from
    return found
  })
  mayDefineEngine(text)
  spy.mockRestore()
  return read
}

describe('many classes on one line', () => {
  const classes = (count: number, between: string) =>
    Array.from({ length: count }, (_, index) => `class A${index}{start(){return 1}stop(){}}`).join(between)

  it('are read as they are on lines of their own', () => {
    const inLines = stepsOfShifts(classes(300, '\n'))
    expect(stepsOfShifts(classes(300, ' '))).toBeLessThan(inLines * 1.1)
  })
})

/** How many characters are looked at to find where lines begin. */
function stepsOfShifts(source: string): number {
  const insertions = insertionsFor(source, '/app/a.js')
  let steps = 0
  for (const name of ['indexOf', 'lastIndexOf'] as const) {
    const original = String.prototype[name]
    vi.spyOn(String.prototype, name).mockImplementation(function (this: string, searched, from = 0) {
      const found = Reflect.apply(original, this, [searched, from])
      steps += found < 0 ? this.length : Math.abs(found - from)
      return found
    })
  }
  const shifts = shiftsOf(source, insertions)
  vi.restoreAllMocks()
  expect(shifts.length).toBeGreaterThan(900)
  return steps
}
