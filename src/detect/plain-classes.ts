/**
 * Finds the classes of plainly written files without a parser: loading that takes longer than all the rest of a program's
 * start, for a class of five lines. Gives what the parser's tree has of a class, or `null` where it takes more than a look:
 * then the file is parsed. Both ways come to the same insertions, which a test compares file by file.
 */
import { classInsertions } from './find-classes.ts'
import type { Insertion } from './injection.ts'
import { isDeclared, isHarmlessCall, valueMakers } from './quiet-constructor.ts'
import { lineIndex, type Node, Visited } from './syntax.ts'
import { privateName, type Tokens, tokensOf, word } from './tokens.ts'
import { isStartVerb, isStopVerb } from './verbs.ts'

/** Beyond this, a parser's start is the lesser part. */
const longest = 200_000

/** What to insert, in the order of offsets; `null`: the file has to be parsed. */
export function plainInsertions(source: string, file: string): Insertion[] | null {
  const classes = plainClasses(source)
  if (classes === null) return null
  const lineOf = lineIndex(source)
  return classes.flatMap((node) => {
    const lines = { file, line: lineOf(node.start), endLine: lineOf(node.end - 1) }
    return classInsertions(new Visited(node, null), source, file, (name) => ({ name, ...lines }))
  })
}

/** Class declarations as syntax nodes, as far as `classInsertions` looks at them. */
function plainClasses(source: string): Node[] | null {
  if (source.length > longest) return null
  const tokens = tokensOf(source)
  return tokens === null ? null : new Reader(tokens).classes()
}

/** Thrown where only a parser can tell. */
const unclear = Symbol('unclear')

/** Words that are no names of members where another token of the member follows. */
const memberModifiers = new Set(['static', 'async', 'get', 'set', 'accessor'])
/** What goes on with an expression on the next line. */
const operators = new Set('([.+-*/÷%&|^<>=?:,'.split('')).add('`').add('?.').add('=>')
/** What `=` and its kin begin with: `??=`. */
const assignments = new Set('=+-*÷%&|^?<>')
/** Words before a parenthesis that is no call. */
const controls = new Set(
  'if while switch catch return typeof throw void case in else do delete instanceof'.split(' '),
)
/** In a constructor: code whose calls are not its own, or not to be seen. */
const hidden = new Set([
  'function',
  'async',
  'class',
  'for',
  'await',
  'yield',
  'import',
  'get',
  'set',
  'bind',
])

class Reader {
  readonly #tokens: Tokens
  #at = 0
  /** Whether object literals may have verbs of both kinds. */
  #hasStart = false
  #hasStop = false

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  classes(): Node[] | null {
    const found: Node[] = []
    try {
      while (this.#at < this.#tokens.kinds.length) {
        if (this.#isWord('class') && this.#kind(-1) !== '.') found.push(this.#class())
        else this.#pass()
      }
    } catch (error) {
      if (error === unclear) return null
      throw error
    }
    return this.#hasStart && this.#hasStop ? null : found
  }

  #kind(offset = 0): string {
    return this.#tokens.kinds[this.#at + offset] ?? ''
  }

  #text(offset = 0): string {
    const at = this.#at + offset
    return this.#tokens.source.slice(this.#tokens.starts[at], this.#tokens.ends[at])
  }

  #isWord(written: string, offset = 0): boolean {
    return this.#kind(offset) === word && this.#text(offset) === written
  }

  #start(offset = 0): number {
    return this.#tokens.starts[this.#at + offset] as number
  }

  /** Where the last token that was taken ends. */
  #end(): number {
    return this.#tokens.ends[this.#at - 1] as number
  }

  #isOnNextLine(): boolean {
    return this.#at > 0 && this.#tokens.source.slice(this.#end(), this.#start()).includes('\n')
  }

  #take(kind: string): void {
    if (this.#kind() !== kind) throw unclear
    this.#at += 1
  }

  /** One token that is none of a class's members: of what an object literal may be made of, and what is no plain class. */
  #pass(): void {
    if (this.#kind() === word) {
      const written = this.#text()
      if (written === 'prototype' || written === '__leakwatch__') throw unclear
      if (isStartVerb(written) || isStopVerb(written)) this.#noteVerb(written)
      else if (written === 'Symbol' && this.#kind(1) === '.' && isStopVerb(`[Symbol.${this.#text(2)}]`))
        this.#hasStop = true
      else if (written === 'this' && this.#kind(1) === '.' && assignments.has(this.#kind(3))) {
        // A verb that an instance may be given.
        const name = this.#text(2)
        if (isStartVerb(name) || isStopVerb(name)) throw unclear
      }
    } else if (this.#kind() === '"') {
      const written = this.#text().slice(1, -1)
      if (isStartVerb(written) || isStopVerb(written)) this.#noteVerb(written)
    }
    this.#at += 1
  }

  #noteVerb(written: string): void {
    const before = this.#kind(-1)
    if (before === '.' || before === '?.') return
    if (!['(', ':', ',', '}', ']'].includes(this.#kind(1))) return
    if (isStartVerb(written)) this.#hasStart = true
    else this.#hasStop = true
  }

  #passTo(kind: string): void {
    let depth = 0
    for (;;) {
      const here = this.#kind()
      if (here === '') throw unclear
      if (depth === 0 && here === kind) return
      if (here === '(' || here === '[' || here === '{') depth += 1
      else if (here === ')' || here === ']' || here === '}') depth -= 1
      if (this.#isWord('class') && this.#kind(-1) !== '.') throw unclear
      this.#pass()
    }
  }

  /** From a bracket to behind the one that closes it. */
  #passBrackets(open: string, close: string): void {
    this.#take(open)
    this.#passTo(close)
    this.#take(close)
  }

  #class(): Node {
    if (!this.#isStatement()) throw unclear
    const start = this.#start()
    this.#at += 1
    if (this.#kind() !== word || this.#isWord('extends')) throw unclear
    const id = identifier(this.#text())
    this.#at += 1
    const superClass = this.#superClass()
    const from = this.#start()
    this.#take('{')
    const members: Node[] = []
    while (this.#kind() !== '}') {
      if (this.#kind() === ';') this.#at += 1
      else members.push(this.#member(superClass !== null))
    }
    this.#at += 1
    const end = this.#end()
    const body = { type: 'ClassBody', start: from, end, body: members }
    return { type: 'ClassDeclaration', start, end, id, superClass, body, decorators: [] }
  }

  /** Whether `class` begins a declaration: behind what no expression can follow. */
  #isStatement(): boolean {
    const before = this.#kind(-1)
    if (before === '' || before === ';' || before === '{' || before === '}') return true
    if (before === word && (this.#isWord('export', -1) || this.#isWord('default', -1))) return true
    return [word, ')', ']', '"', '0'].includes(before) && this.#isOnNextLine() && !this.#isAfterKeyword()
  }

  #isAfterKeyword(): boolean {
    return /^(?:return|typeof|instanceof|in|of|new|delete|void|throw|case|do|else|yield|await|extends)$/.test(
      this.#text(-1),
    )
  }

  #superClass(): Node | null {
    if (!this.#isWord('extends')) return null
    this.#at += 1
    if (this.#kind() !== word || this.#isWord('class')) throw unclear
    let path = this.#isWord('null') ? { ...literal, value: null } : identifier(this.#text())
    this.#at += 1
    while (this.#kind() === '.') {
      this.#at += 1
      if (this.#kind() !== word) throw unclear
      path = { type: 'MemberExpression', start: 0, end: 0, object: path, property: identifier(this.#text()) }
      this.#at += 1
    }
    return path
  }

  #member(isDerived: boolean): Node {
    const start = this.#start()
    const isStatic = this.#modifier('static')
    if (isStatic && this.#kind() === '{') throw unclear
    const isAsync = this.#modifier('async')
    const isGenerator = this.#kind() === '*'
    if (isGenerator) this.#at += 1
    const accessor = isAsync || isGenerator ? null : this.#accessor()
    const { key, computed } = this.#key()
    const common = { start, key, computed, static: isStatic, decorators: [] }
    if (this.#kind() !== '(') {
      if (isAsync || isGenerator || accessor !== null || computed) throw unclear
      return { ...common, ...this.#field(key) }
    }
    const isConstructor = !isStatic && key.type === 'Identifier' && key.name === 'constructor'
    const from = this.#at
    this.#passBrackets('(', ')')
    const block = this.#at
    this.#passBrackets('{', '}')
    const end = this.#end()
    const value = isConstructor ? this.#makeInstance(from, block, isDerived) : opaque
    const kind = isConstructor ? 'constructor' : (accessor ?? 'method')
    return { ...common, type: 'MethodDefinition', end, kind, value }
  }

  #modifier(written: string): boolean {
    if (!this.#isWord(written) || this.#isNameItself()) return false
    this.#at += 1
    return true
  }

  #accessor(): 'get' | 'set' | null {
    if (this.#modifier('get')) return 'get'
    return this.#modifier('set') ? 'set' : null
  }

  /** A member that is called `static`, `get` or the like. */
  #isNameItself(): boolean {
    const next = this.#kind(1)
    if (next === '(') return true
    if (next === '=' || next === ';' || next === '}') throw unclear
    return false
  }

  #key(): { key: Node; computed: boolean } {
    if (this.#kind() === '[') {
      const isSymbol = this.#isWord('Symbol', 1) && this.#kind(2) === '.' && this.#kind(4) === ']'
      if (!isSymbol) throw unclear
      const property = identifier(this.#text(3))
      this.#at += 5
      const key = { type: 'MemberExpression', start: 0, end: 0, object: identifier('Symbol'), property }
      return { key, computed: true }
    }
    const written = this.#text()
    const type = this.#kind() === privateName ? 'PrivateIdentifier' : 'Identifier'
    if (this.#kind() !== word && this.#kind() !== privateName) throw unclear
    // `static` and the like, alone on a line.
    if (memberModifiers.has(written) && this.#kind(1) !== '(') throw unclear
    this.#at += 1
    const name = type === 'Identifier' ? written : written.slice(1)
    return { key: { type, start: 0, end: 0, name }, computed: false }
  }

  #field(key: Node): { type: string; value: Node | null; end: number } {
    const name = key.name as string
    if (key.type === 'Identifier' && (isStartVerb(name) || isStopVerb(name))) throw unclear
    let value: Node | null = null
    if (this.#kind() === '=') {
      this.#at += 1
      value = this.#value()
    }
    if (this.#kind() === ';') this.#at += 1
    else if (this.#kind() !== '}' && !this.#endsLine()) throw unclear
    return { type: 'PropertyDefinition', value, end: this.#end() }
  }

  /** Whether a statement or a field without a semicolon ends here. */
  #endsLine(): boolean {
    if (!this.#isOnNextLine()) return false
    return !operators.has(this.#kind()) && !this.#isWord('in') && !this.#isWord('instanceof')
  }

  /** A value that calls nothing but, maybe, one constructor without arguments. */
  #value(): Node {
    const kind = this.#kind()
    if (kind === '[' || kind === '{') {
      this.#at += 1
      this.#take(kind === '[' ? ']' : '}')
      return opaque
    }
    if (kind === '-' && this.#kind(1) === '0') this.#at += 1
    if (this.#isWord('new')) {
      const callee = identifier(this.#text(1))
      if (this.#kind(1) !== word) throw unclear
      this.#at += 2
      this.#take('(')
      this.#take(')')
      return { type: 'NewExpression', start: 0, end: 0, callee, arguments: [] }
    }
    const isLiteral = this.#kind() === '0' || this.#kind() === '"'
    const isPlainWord = this.#kind() === word && /^(?:null|undefined|true|false|Infinity)$/.test(this.#text())
    if (!isLiteral && !isPlainWord) throw unclear
    this.#at += 1
    return opaque
  }

  /** As a tree, a constructor is two statements: what is found of its calls, and its `super(...)`. */
  #makeInstance(from: number, block: number, isDerived: boolean): Node {
    const after = this.#at
    const start = this.#tokens.starts[block] as number
    const end = this.#end()
    const statements = isDerived ? [this.#superCall(block, after)] : []
    const call = this.#opensNothing(from, after) ? opaque : { ...opaque, type: 'CallExpression' }
    this.#at = after
    const body = { type: 'BlockStatement', start, end, body: [call, ...statements] }
    return { type: 'FunctionExpression', start, end, body, params: [] }
  }

  /** `super(...)` as a statement of its own, alone on its line. */
  #superCall(block: number, after: number): Node {
    let found: Node | null = null
    let depth = 0
    for (this.#at = block; this.#at < after; this.#at += 1) {
      const kind = this.#kind()
      if (kind === '{' || kind === '(' || kind === '[') depth += 1
      else if (kind === '}' || kind === ')' || kind === ']') depth -= 1
      if (!this.#isWord('super') || this.#kind(1) !== '(') continue
      if (found !== null || depth !== 1 || ![';', '{', '}'].includes(this.#kind(-1))) throw unclear
      const start = this.#start()
      this.#at += 1
      this.#passBrackets('(', ')')
      if (this.#kind() === ';') this.#at += 1
      else if (this.#kind() !== '}' && !this.#endsLine()) throw unclear
      if (this.#kind() !== '}' && !this.#isOnNextLine()) throw unclear
      const callee = { type: 'Super', start: 0, end: 0 }
      const expression = { type: 'CallExpression', start, end: this.#end(), callee, arguments: [] }
      found = { type: 'ExpressionStatement', start, end: this.#end(), expression }
      this.#at -= 1
    }
    if (found === null) throw unclear
    return found
  }

  /** Whether no call from token `from` to `after` opens a handle. */
  #opensNothing(from: number, after: number): boolean {
    let isQuiet = true
    /** Of each parenthesis that is open: whether a block may follow it. */
    const parentheses: boolean[] = []
    for (this.#at = from; this.#at < after; this.#at += 1) {
      const kind = this.#kind()
      if (kind === '=>' || kind === '?.') throw unclear
      if (kind === '`' && this.#isTag()) throw unclear
      if (kind === word) {
        if (this.#kind(-1) === '.' ? this.#isWord('bind') : hidden.has(this.#text())) throw unclear
        if (this.#isWord('new')) isQuiet = this.#isValueMade() && isQuiet
      } else if (kind === '(') {
        parentheses.push(this.#at === from || (this.#kind(-1) === word && controls.has(this.#text(-1))))
        if (this.#at > from) isQuiet = this.#isHarmless() && isQuiet
      } else if (kind === ')' && !parentheses.pop() && this.#kind(1) === '{') throw unclear
    }
    return isQuiet
  }

  /** Whether a template begins here that is, or may be, handed to a function. */
  #isTag(): boolean {
    if (!this.#text().startsWith('`')) return false
    const before = this.#kind(-1)
    return before === ')' || before === ']' || before === privateName || before === word
  }

  #isValueMade(): boolean {
    const name = this.#text(1)
    if (this.#kind(1) === '.') throw unclear
    if (this.#kind(1) !== word || !valueMakers.has(name)) return false
    if (this.#kind(2) !== '(') throw unclear
    return !isDeclared(name, this.#tokens.source)
  }

  /** Whether this parenthesis groups, belongs to a statement or a `new`, or calls what opens nothing. */
  #isHarmless(): boolean {
    const before = this.#kind(-1)
    // `if (a) (b)` is no call.
    if (before === '}' || before === ')' || before === ']') throw unclear
    if (before === privateName) return false
    if (before !== word) return true
    if (this.#kind(-2) !== '.') {
      const name = this.#text(-1)
      // What `new` makes was looked at there.
      if (name === 'super' || controls.has(name) || this.#isWord('new', -2)) return true
    }
    const path = [this.#text(-1)]
    for (let offset = -2; this.#kind(offset) === '.'; offset -= 2) {
      if (this.#kind(offset - 1) !== word) return false
      path.unshift(this.#text(offset - 1))
    }
    return isHarmlessCall(path, this.#tokens.source)
  }
}

const literal: Node = { type: 'Literal', start: 0, end: 0 }
/** An expression in which nothing is called. */
const opaque: Node = literal

function identifier(name: string): Node {
  return { type: 'Identifier', start: 0, end: 0, name }
}
