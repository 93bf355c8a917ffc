/** A member of a class as a syntax node. */
import type { Node } from '../syntax.ts'
import { constructorFunction } from './constructor.ts'
import type { Cursor } from './cursor.ts'
import { isVerb } from './object-verbs.ts'
import { privateName, unclear, word } from './texts.ts'

/** Words that are no names of members where another token of the member follows. */
const modifiers = new Set(['static', 'async', 'get', 'set', 'accessor'])
const plainValues = new Set(['null', 'undefined', 'true', 'false', 'Infinity'])

/** An expression in which nothing is called. */
const value: Node = { type: 'Literal', start: 0, end: 0 }

/** The member that begins here. `isDerived`: its class has a base. */
export function readMember(cursor: Cursor, isDerived: boolean): Node {
  const start = cursor.startOf()
  const isStatic = takeModifier(cursor, 'static')
  if (isStatic && cursor.kind() === '{') throw unclear
  const isAsync = takeModifier(cursor, 'async')
  const isGenerator = cursor.kind() === '*'
  if (isGenerator) cursor.at += 1
  const accessor = isAsync || isGenerator ? null : takeAccessor(cursor)
  const { key, computed } = readKey(cursor)
  const common = { start, key, computed, static: isStatic, decorators: [] }
  if (cursor.kind() !== '(') {
    if (isAsync || isGenerator || accessor !== null || computed) throw unclear
    return { ...common, ...readField(cursor, key) }
  }
  const isConstructor = !isStatic && !computed && key.type === 'Identifier' && key.name === 'constructor'
  const from = cursor.at
  cursor.passBrackets('(', ')')
  const block = cursor.at
  cursor.passBrackets('{', '}')
  return {
    ...common,
    type: 'MethodDefinition',
    end: cursor.end(),
    kind: isConstructor ? 'constructor' : (accessor ?? 'method'),
    value: isConstructor ? constructorFunction(cursor, from, block, isDerived) : value,
  }
}

function takeModifier(cursor: Cursor, written: string): boolean {
  if (!cursor.isWord(written) || isNameItself(cursor)) return false
  cursor.at += 1
  // `async` alone on a line is a field.
  if (written === 'async' && cursor.isOnNextLine()) throw unclear
  return true
}

function takeAccessor(cursor: Cursor): 'get' | 'set' | null {
  if (takeModifier(cursor, 'get')) return 'get'
  return takeModifier(cursor, 'set') ? 'set' : null
}

/** Of a member that is called `static`, `get` or the like. */
function isNameItself(cursor: Cursor): boolean {
  const next = cursor.kind(1)
  if (next === '=' || next === ';' || next === '}') throw unclear
  return next === '('
}

function readKey(cursor: Cursor): { key: Node; computed: boolean } {
  if (cursor.kind() === '[') {
    if (cursor.kind(1) === word && cursor.kind(2) === ']') {
      cursor.at += 3
      return { key: identifier(cursor.text(-2)), computed: true }
    }
    const isSymbol = cursor.isWord('Symbol', 1) && cursor.kind(2) === '.' && cursor.kind(4) === ']'
    if (!isSymbol) throw unclear
    const property = identifier(cursor.text(3))
    cursor.at += 5
    const object = identifier('Symbol')
    return { key: { type: 'MemberExpression', start: 0, end: 0, object, property }, computed: true }
  }
  const written = cursor.text()
  const isPrivate = cursor.kind() === privateName
  if (cursor.kind() !== word && !isPrivate) throw unclear
  // `static` and the like, alone on a line.
  if (modifiers.has(written) && cursor.kind(1) !== '(') throw unclear
  cursor.at += 1
  if (!isPrivate) return { key: identifier(written), computed: false }
  return { key: { type: 'PrivateIdentifier', start: 0, end: 0, name: written.slice(1) }, computed: false }
}

function readField(cursor: Cursor, key: Node): { type: string; value: Node | null; end: number } {
  if (key.type === 'Identifier' && isVerb(key.name as string)) throw unclear
  let initial: Node | null = null
  if (cursor.kind() === '=') {
    cursor.at += 1
    initial = readValue(cursor)
  }
  if (cursor.kind() === ';') cursor.at += 1
  else if (cursor.kind() !== '}' && !cursor.beginsAnew()) throw unclear
  return { type: 'PropertyDefinition', value: initial, end: cursor.end() }
}

/** A value that calls nothing but, maybe, one constructor without arguments. */
function readValue(cursor: Cursor): Node {
  const kind = cursor.kind()
  if (kind === '[' || kind === '{') {
    cursor.at += 1
    cursor.take(kind === '[' ? ']' : '}')
    return value
  }
  if (kind === '-' && cursor.kind(1) === '0') cursor.at += 1
  if (cursor.isWord('new')) {
    const callee = identifier(cursor.text(1))
    if (cursor.kind(1) !== word) throw unclear
    cursor.at += 2
    cursor.take('(')
    cursor.take(')')
    return { type: 'NewExpression', start: 0, end: 0, callee, arguments: [] }
  }
  const isPlain = cursor.kind() === word && plainValues.has(cursor.text())
  if (cursor.kind() !== '0' && cursor.kind() !== '"' && !isPlain) throw unclear
  cursor.at += 1
  return value
}

export function identifier(name: string): Node {
  return { type: 'Identifier', start: 0, end: 0, name }
}
