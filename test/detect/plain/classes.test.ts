import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const require = createRequire(import.meta.url)
const { plainInsertions } =
  require('../../../dist/detect/plain/classes.js') as typeof import('../../../src/detect/plain/classes.ts')
const { parsedInsertions } =
  require('../../../dist/detect/transform.js') as typeof import('../../../src/detect/transform.ts')

const file = '/shop/feed.js'
const verbs = 'start() { this.timer = setInterval(() => {}, 1) }\n  stop() { clearInterval(this.timer) }'

/** What is read without a parser: as good as what the parser gives. */
describe.each([
  ['a class', `class A {\n  ${verbs}\n}`],
  ['an exported class', `import b from 'b'\nexport default class A {\n  ${verbs}\n}`],
  ['a class in a function', `function make() {\n  class A {\n    ${verbs}\n  }\n  return new A()\n}`],
  ['a subclass', `class A extends events.EventEmitter { ${verbs} }`],
  [
    'a subclass with a constructor',
    `class A extends B {\n  constructor() {\n    super()\n    go()\n  }\n ${verbs} }`,
  ],
  ['fields', `class A {\n  #rows = new Map()\n  size = 0;\n  static all = []\n  #x; y\n  ${verbs} }`],
  ['private fields that call', `class A {\n  x = 1\n  #open = new Door()\n  #rows\n  ${verbs} }`],
  [
    'a quiet constructor',
    `class A { constructor(a, b = {}) { this.a = Object.assign({}, a); if (b) this.b = b }\n ${verbs} }`,
  ],
  [
    'a constructor that opens',
    `class A { constructor() { this.door = new Door(); this.x = \`a\${1}\` }\n ${verbs} }`,
  ],
  ['a call on a spread', `class A { constructor(a) { this.a = [...Object.keys(a)] }\n ${verbs} }`],
  ['a call on a number', `class A { constructor() { this.a = 1..toFixed() }\n ${verbs} }`],
  ['a property named as a keyword', `class A { constructor(a) { this.a = a.return / 2 }\n ${verbs} } // /`],
  [
    'accessors and generators',
    `class A { get open() { return 1 } set open(x) {} *[Symbol.iterator]() {} async run() {}\n ${verbs} }`,
  ],
  ['a disposer', 'class A { start() {} async [Symbol.asyncDispose]() {} }'],
  [
    'members called as modifiers',
    `class A { static() {} get() {} set() {} async() {} static static() {}\n ${verbs} }`,
  ],
  ['static verbs', 'class A { static start() {} static stop() {} }'],
  [
    'texts that look like classes',
    `const s = "class B { start() {} stop() {} }" // class C {\n/* class D { */ const t = \`\${ { a: 1 }.a } class E {\`;\nclass A { ${verbs} }`,
  ],
  [
    'a regular expression after a keyword',
    `f(...typeof /'/.source)\nclass A { ${verbs} }\ndebugger\n/'/.test(2)`,
  ],
  ['a comment in a property', `x = a./*c*/return /*d*/ / 2\nclass A { ${verbs} }\ny = 3 / 2`],
  ['a key by its name', `class A { [key]() {} async [other](a) {} ${verbs} }`],
  [
    'class expressions',
    `const A = class {${verbs}}\nexports.B = class C extends D {${verbs}}\nthis.x.y = class {${verbs}}`,
  ],
  ['a bundled class', `var Engine = class _Engine {${verbs}}\nEngine.x = 1`],
  ['a default class without a name', `export default class extends A {${verbs}}`],
  [
    'names that are imported and taken out',
    `import a, { start, stop as halt } from 'a'\nimport { stop } from 'b'\nconst { open, close: shut } = fs\nexport { stop }\nclass A {${verbs}}`,
  ],
  [
    'arrow functions in a constructor',
    `class A { constructor(b) { this.a = (b, c = 1) => go(b)\n this.b = () => { go() }; this.c = [b => b.c.go(),\n () =>\n go()\n] }\n ${verbs} }`,
  ],
  [
    'an arrow function before what opens',
    `class A { constructor(b) { this.a = () => go()\n new Door() }\n ${verbs} }`,
  ],
  [
    'verbs in several objects, that are called, and that are no functions',
    `f(a, close(), [stop]); const o = { start: 1, stop: null, open: { end: a.b } }, p = { stop() {} }, q = { start }\nif (a) { run() } else { halt(1) }\nclass A { constructor() { const e = { start } }\n ${verbs} }`,
  ],
  ['a verb of another object', `class A { start(e) { e.stop = f; this.e.stop = f } stop() {} }`],
  [
    'a constructor that calls, and functions behind that',
    `class A { constructor(a) { a?.on?.x.on('x', () => {}); setTimeout(function () {}) }\n ${verbs} }`,
  ],
  [
    'a constructor',
    `const a = b\nfunction A() {}\nA.prototype.start = function start(a, b) { return { a: 1 } }\nA.prototype.go = a => a\nA.prototype.stop = function () {\n  if (a) { b() }\n}\n\nA.prototype.close = A.prototype.stop;\nmodule.exports = A`,
  ],
  [
    'a constructor with a base',
    `x.A.prototype = Object.create(B.prototype, f('(', ")"))\nx.A.prototype.start = async function () {};\nx.A.prototype[k] = 1\nB.prototype.stop.call(a)`,
  ],
  [
    'a constructor in a function',
    `function f() {\n  A.prototype.start = f\n  A.prototype.stop = async function* () {}\n}`,
  ],
  [
    'regular expressions and divisions',
    `const r = /[/{]"\\/class/g, n = 4 / 2 / r.length\nclass A { ${verbs} }`,
  ],
])('%s', (_, source) => {
  it('is read', () => {
    const insertions = plainInsertions(source, file)
    expect(insertions).not.toBeNull()
    expect(insertions).toEqual(parsedInsertions(source, file))
    expect(insertions).not.toEqual([])
  })
})

describe.each([
  ['an object literal', 'const a = { start() {}, stop() {} }\nclass B { stop() {} }'],
  ['an object literal in a method', 'class B { stop() { return { start() {}, stop() {} } } }'],
  ['a class expression in a call', 'f(class { start() {} stop() {} })'],
  ['a class that is given to an index', 'a[0] = class { start() {} stop() {} }'],
  ['a class in a class', 'class A { start() { class B { stop() {} } } stop() {} }'],
  ['a class in a template', 'const t = `$' + '{\nclass A { start() {} stop() {} }}`'],
  ['a disposer in parentheses', 'const e = { start() {}, [(Symbol).dispose]() {} }\nclass B { stop() {} }'],
  ['a base that is no name', 'const o = { f() { class A extends super.Error { start() {} stop() {} } } }'],
  ['a class that is spread', 'f(...class { start() {} stop() {} })'],
  ['a name that begins as a keyword', `class\u00e9\nFoo\n{\nstop()\n{}\n}\nclass A { start() {} stop() {} }`],
  ['a brace too many', 'class A {\n start() {}\n stop() {}\n}}'],
  ['a prototype that is an object', 'class A { stop() {} }\nB.prototype = { start() {}, stop() {} }'],
  ['a prototype in a list', 'A.prototype.start = function () {}, A.prototype.stop = function () {}'],
  ['a prototype behind a condition', 'if (a)\nA.prototype.start = f\nA.prototype.stop = f'],
  [
    'a prototype behind a condition with texts',
    `if (f(')', "(") === ")")\nA.prototype.start = f\nA.prototype.stop = f`,
  ],
  ['a prototype in two parentheses', '((A.prototype)).start = f\nA.prototype.stop = f'],
  ['a prototype in the head of a loop', 'A.prototype.stop = g\nfor (; A.prototype.start = f;) {}'],
  ['what goes on with a comparison', 'A.prototype.start = f;\nA.prototype.stop = g\n  !== h'],
  ['a prototype of the base', 'const o = { m() { super.prototype.start = f; super.prototype.stop = g } }'],
  ['a class that is a verb', 'A.prototype.start = f;\nA.prototype.stop = class\n{}'],
  [
    'a function that goes on on the next line',
    'A.prototype.start = f;\nA.prototype.stop = function\nfoo(a = 1) {}',
  ],
  ['a parenthesis in a default value', "module.exports = { init(end = ')') {}, close() {} }"],
  [
    'what counts up behind an arrow function',
    'class A { constructor() { this.f = () => 1\n++n[setInterval(g)] }\nstart() {} stop() {} }',
  ],
  ['an import in a comment', 'register(app, // import first,\n { start, stop })'],
  ['names that begin as keywords', 'x = { start: this$, stop: null$ }'],
  ['a variable called exports', 'const exports = class { start(){} stop(){} }'],
  ['a verb of a prototype in parentheses', '(A.prototype.start) = f\nA.prototype.stop = f'],
  ['a prototype in parentheses', '(A.prototype).start = f\nA.prototype.stop = f'],
  ['what goes on behind a function', 'A.prototype.start = function () {}\n(a)\nA.prototype.stop = f'],
  ['verbs in fields', 'class A { start = () => {}; stop = () => {} }'],
  ['a verb that an instance is given', 'class A { start() { this.stop ??= () => {} } }'],
  ['a verb in parentheses that an instance is given', 'class A { start() { (this.stop) = () => {} } }'],
  ['a static block', 'class A { static { go(this) } start() {} stop() {} }'],
  ['a decorator', '@engine class A { start() {} stop() {} }'],
  ['a slash that only a parser understands', 'if (a) /class/.test(b)\nclass A { start() {} stop() {} }'],
  ['JSX', "const a = <p>it's</p>\nclass A { start() {} stop() {} }"],
  [
    'an arrow function that is half of a choice',
    'class A { constructor(a) { this.b = a ? () => 1 : go() }\nstart() {} stop() {} }',
  ],
  [
    'a function that is called with an arrow function',
    'class A { constructor(a) { Object.assign(a, () => 1) }\nstart() {} stop() {} }',
  ],
  ['a value that goes on', 'class A {\n  x = 1\n  *start() {}\n stop() {} }'],
  ['a key that is computed', 'class A { [key()]() {} start() {} stop() {} }'],
  ['a mixin', 'class A extends mix(B) { start() {} stop() {} }'],
  ['a file that ends too early', 'class A { start() {} stop() {'],
])('%s', (_, source) => {
  it('is left to the parser', () => expect(plainInsertions(source, file)).toBeNull())
})

describe.each([
  ['one verb of a constructor', 'A.prototype.start = f\nif (A.prototype.stop === f) g()'],
  ['verbs of anything', 'a.start = f\na.stop = f\nclass A {}'],
])('%s', (_, source) => {
  it('is nothing', () =>
    expect([plainInsertions(source, file), parsedInsertions(source, file)]).toEqual([[], []]))
})

it('comes to what the parser comes to, file by file', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const folders = [
    'fixtures',
    ...[
      'fastify',
      'pino',
      'avvio',
      'commander',
      'vite',
      'light-my-request',
      'thread-stream',
      'sonic-boom',
      'ws',
      'wtfnode',
      'find-my-way',
    ].map((name) => `node_modules/${name}`),
  ]
  const read = { files: 0, classes: 0 }
  for (const path of folders.flatMap((folder) => javaScriptIn(join(root, folder)))) {
    const source = readFileSync(path, 'utf8')
    const insertions = plainInsertions(source, path)
    if (insertions === null || path.endsWith('broken.mjs')) continue
    read.files += 1
    if (insertions.length > 0) read.classes += 1
    expect([path, insertions]).toEqual([path, parsedInsertions(source, path)])
  }
  expect(read.files).toBeGreaterThan(500)
  expect(read.classes).toBeGreaterThan(100)
})

function javaScriptIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[cm]?js$/.test(name))
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
