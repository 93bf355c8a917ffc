/** What a constructor does, as far as insertions depend on it: its `super(...)`, and whether it may open a handle. */
import { isDeclared, isHarmlessCall, valueMakers } from '../quiet-constructor.ts'
import type { Node } from '../syntax.ts'
import type { Cursor } from './cursor.ts'
import { privateName, unclear, word } from './texts.ts'

/** Words before a parenthesis that is no call. */
const controls = new Set(
  'if while switch catch return typeof throw void case in else do delete instanceof'.split(' '),
)
/** Code whose calls are not the constructor's own, or not to be seen. */
const hidden = new Set('function async class for await yield import get set bind'.split(' '))

const longestPath = 16

const nothing: Node = { type: 'Literal', start: 0, end: 0 }
const someCall: Node = { type: 'CallExpression', start: 0, end: 0 }

/** Of one that was passed, from its parameters at token `from` on; its block begins at token `block`. */
export function constructorFunction(cursor: Cursor, from: number, block: number, isDerived: boolean): Node {
  const after = cursor.at
  const [start, end] = [cursor.startOf(block), cursor.end()]
  const statements = isDerived ? [superCall(cursor, block, after)] : []
  const call = opensNothing(cursor, from, after) ? nothing : someCall
  cursor.at = after
  const body = { type: 'BlockStatement', start, end, body: [call, ...statements] }
  return { type: 'FunctionExpression', start, end, body, params: [] }
}

/** `super(...)` as a statement of its own, alone on its line. */
function superCall(cursor: Cursor, block: number, after: number): Node {
  let found: Node | null = null
  let depth = 0
  for (cursor.at = block; cursor.at < after; cursor.at += 1) {
    const kind = cursor.kind()
    if (kind === '{' || kind === '(' || kind === '[') depth += 1
    else if (kind === '}' || kind === ')' || kind === ']') depth -= 1
    if (!cursor.isWord('super') || cursor.kind(1) !== '(') continue
    if (found !== null || depth !== 1 || ![';', '{', '}'].includes(cursor.kind(-1))) throw unclear
    found = superStatement(cursor)
  }
  if (found === null) throw unclear
  return found
}

/** Ends on the statement's last token. */
function superStatement(cursor: Cursor): Node {
  const start = cursor.startOf()
  cursor.at += 1
  cursor.passBrackets('(', ')')
  if (cursor.kind() === ';') cursor.at += 1
  else if (cursor.kind() !== '}' && !cursor.beginsAnew()) throw unclear
  if (cursor.kind() !== '}' && !cursor.isOnNextLine()) throw unclear
  const end = cursor.end()
  cursor.at -= 1
  const expression = { type: 'CallExpression', start, end, callee: { type: 'Super' }, arguments: [] }
  return { type: 'ExpressionStatement', start, end, expression }
}

/** Whether no call from token `from` to `after` opens a handle. */
function opensNothing(cursor: Cursor, from: number, after: number): boolean {
  let isQuiet = true
  /** Of each parenthesis that is open: whether a block may follow it. */
  const parentheses: boolean[] = []
  for (cursor.at = from; cursor.at < after; cursor.at += 1) {
    const kind = cursor.kind()
    if (kind === '=>' || kind === '?.') throw unclear
    if (kind === '`' && isTag(cursor)) throw unclear
    if (kind === word) {
      if (cursor.kind(-1) === '.' ? cursor.isWord('bind') : hidden.has(cursor.text())) throw unclear
      if (cursor.isWord('new') && !cursor.isProperty() && cursor.kind(1) !== ':')
        isQuiet = makesValue(cursor) && isQuiet
    } else if (kind === '(') {
      parentheses.push(cursor.at === from || (cursor.kind(-1) === word && controls.has(cursor.text(-1))))
      if (cursor.at > from) isQuiet = isHarmless(cursor) && isQuiet
    } else if (kind === ')' && !parentheses.pop() && cursor.kind(1) === '{') throw unclear
  }
  return isQuiet
}

/** Whether a template begins here that is, or may be, handed to a function. */
function isTag(cursor: Cursor): boolean {
  if (!cursor.text().startsWith('`')) return false
  const before = cursor.kind(-1)
  return before === ')' || before === ']' || before === privateName || before === word
}

/** Of the `new` here. */
function makesValue(cursor: Cursor): boolean {
  const name = cursor.text(1)
  if (cursor.kind(1) === '.' || cursor.kind(1) === '(') throw unclear
  if (cursor.kind(1) !== word || !valueMakers.has(name)) return false
  if (cursor.kind(2) !== '(') throw unclear
  return !isDeclared(name, cursor.source)
}

/** Whether the parenthesis here groups, belongs to a statement or a `new`, or calls what opens nothing. */
function isHarmless(cursor: Cursor): boolean {
  const before = cursor.kind(-1)
  // `if (a) (b)` is no call.
  if (before === '}' || before === ')' || before === ']') throw unclear
  // `1..toFixed()` is one token and a call.
  if (before === privateName || before === '0' || before === '"' || before === '`') return false
  if (before !== word) return true
  if (cursor.kind(-2) !== '.' || cursor.kind(-3) === '.') {
    const name = cursor.text(-1)
    // What `new` makes was looked at there.
    if (name === 'super' || controls.has(name) || cursor.isWord('new', -2)) return true
  }
  const path = [cursor.text(-1)]
  // `...Object.keys(a)`: before a spread the path ends.
  for (let offset = -2; cursor.kind(offset) === '.' && cursor.kind(offset - 1) !== '.'; offset -= 2) {
    if (cursor.kind(offset - 1) !== word) return false
    path.unshift(cursor.text(offset - 1))
    if (path.length > longestPath) throw unclear
  }
  return isHarmlessCall(path, cursor.source)
}
