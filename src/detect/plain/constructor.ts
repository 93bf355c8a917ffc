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

/** What an arrow function without a block ends before. */
const bodyEnds = new Set([',', ')', ']', '}', ';', ''])
const ambiguous = new Set('+-!/÷'.split(''))
const brackets: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

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

/** Whether no call from token `from` to `after` opens a handle. Behind the first that may, nothing has to be clear. */
function opensNothing(cursor: Cursor, from: number, after: number): boolean {
  const parentheses: Parenthesis[] = []
  for (cursor.at = from; cursor.at < after; cursor.at += 1) {
    const kind = cursor.kind()
    if (kind === '=>') passArrow(cursor, parentheses)
    else if (kind === '`' && isTag(cursor)) throw unclear
    else if (kind === word) {
      if (isAccess(cursor.kind(-1)) ? cursor.isWord('bind') : hidden.has(cursor.text())) throw unclear
      const isNew = cursor.isWord('new') && !isAccess(cursor.kind(-1)) && cursor.kind(1) !== ':'
      if (isNew && !makesValue(cursor)) return false
    } else if (kind === '(') {
      const parenthesis = cursor.at === from ? 'head' : parenthesisAt(cursor)
      parentheses.push(parenthesis)
      if (parenthesis === 'call' && !isHarmless(cursor) && isCall(cursor)) return false
    } else if (kind === ')' && parentheses.pop() !== 'head' && cursor.kind(1) === '{') throw unclear
  }
  return true
}

/** Passes the body of an arrow function, which does not run yet; what takes one by an argument may run it. */
function passArrow(cursor: Cursor, parentheses: readonly Parenthesis[]): void {
  if (parentheses.includes('call')) throw unclear
  cursor.at += 1
  if (cursor.kind() === '{') cursor.passBrackets('{', '}')
  else passExpression(cursor)
  cursor.at -= 1
}

function passExpression(cursor: Cursor): void {
  do {
    const kind = cursor.kind()
    const close = brackets[kind]
    // Whose the second half is; and `++a` and `!a` on a line of their own.
    if (kind === '?' || kind === ':') throw unclear
    if (cursor.isOnNextLine() && ambiguous.has(kind)) throw unclear
    if (close === undefined) cursor.at += 1
    else cursor.passBrackets(kind, close)
  } while (!bodyEnds.has(cursor.kind()) && !cursor.beginsAnew())
}

/** Whether the parenthesis here is that of a call, and not of a method's parameters. */
function isCall(cursor: Cursor): boolean {
  const { at } = cursor
  cursor.passBrackets('(', ')')
  const after = cursor.kind()
  cursor.at = at
  if (after === '{' || after === '=>') throw unclear
  return true
}

function isAccess(kind: string): boolean {
  return kind === '.' || kind === '?.'
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

/** Of a statement, which a block may follow; of a call, or a `new`; or around an expression, or parameters. */
type Parenthesis = 'head' | 'call' | 'group'

function parenthesisAt(cursor: Cursor): Parenthesis {
  const before = cursor.kind(-1)
  // `if (a) (b)` is no call.
  if (before === '}' || before === ')' || before === ']' || before === '?.') throw unclear
  // `1..toFixed()` is one token and a call.
  if (before === privateName || before === '0' || before === '"' || before === '`') return 'call'
  if (before !== word) return 'group'
  const isName = isAccess(cursor.kind(-2)) && cursor.kind(-3) !== '.'
  return !isName && controls.has(cursor.text(-1)) ? 'head' : 'call'
}

/** Whether the call here opens nothing. */
function isHarmless(cursor: Cursor): boolean {
  if (cursor.kind(-1) !== word) return false
  // What `new` makes was looked at there.
  if (!isAccess(cursor.kind(-2)) && (cursor.isWord('super', -1) || cursor.isWord('new', -2))) return true
  const path = [cursor.text(-1)]
  // `...Object.keys(a)`: before a spread the path ends.
  for (let offset = -2; isAccess(cursor.kind(offset)) && cursor.kind(offset - 1) !== '.'; offset -= 2) {
    if (cursor.kind(offset - 1) !== word) return false
    path.unshift(cursor.text(offset - 1))
    if (path.length > longestPath) throw unclear
  }
  return isHarmlessCall(path, cursor.source)
}
