/**
 * Puts into a method what tells of its beginning and its end: the function stays the program's own. Nothing moves a line, nor
 * a column up to the end of what is returned or awaited. Where that cannot be, the method is left as it is.
 *
 * Its end is a `finally`, which is reached whatever happens. A `catch` that throws anew would be shown by Node as the place of the
 * error. Before the first `await` the caller's async context comes back, for it goes on then; behind it that of the engine.
 */
import { inserted } from './hook-name.ts'
import type { Insertion } from './injection.ts'
import {
  afterOperand,
  afterPlainValue,
  afterValue,
  backInExpression,
  backInStatement,
  beforeValue,
  type Letter,
  nothingReturned,
  prefix,
  suffix,
} from './inside-text.ts'
import { boundNames, mayBePromise, namesFunctions, type OwnNode, ownNodes } from './own-code.ts'
import { isNode, type Node, nodes } from './syntax.ts'
import { type Families, isOfItems } from './verb-families.ts'
import { isStartVerb, isStopVerb, mayEnd } from './verbs.ts'

/** Insertions at one offset, in this order: what ends there comes before what begins. */
const order = { inner: 0, value: 1, back: 2, statement: 3, begin: 4, block: 5, word: 6, end: 9 } as const

/** What the inserted code of one file shares. */
export interface Inside {
  readonly source: string
  /** A variable of each method; `null`: all such names are taken. */
  readonly token: string | null
  /** Others know its columns, from a file: what shares a line stays as it is. */
  readonly isMapped: boolean
}

const mapFile = /\/\/[#@] sourceMappingURL=(?!data:)/

export function insideOf(source: string): Inside {
  const letters = inserted.intoMethods ? 'lkjihgfedcba' : ''
  const token = [...letters].map((letter) => `$${letter}`).find((name) => !source.includes(name))
  return { source, token: token ?? null, isMapped: mapFile.test(source) }
}

/**
 * What to insert into `method`, whose name is `key`; `null`: it is left as it is. `id`: of its class, for those who ask by it;
 * `families`: of that class; `self`: what it is called on.
 */
export function insideMethod(
  method: Node,
  key: string,
  id: number,
  inside: Inside,
  { families, self }: { families: Families; self: string },
): Insertion[] | null {
  const { body } = method
  const { source, token } = inside
  if (token === null || !isNode(body) || body.type !== 'BlockStatement') return null
  if (method.generator === true || (inside.isMapped && beginsOnItsLine(body, source))) return null
  const own = [...ownNodes(body)].sort((a, b) => a.node.start - b.node.start)
  if (!mayStandInTry(method, body, own)) return null
  const letter = letterOf(key, method, source, families)
  const insertions: Insertion[] = []
  const writing: Writing = { ...inside, token, put: (insertion) => insertions.push(insertion) }
  if (!putAwaits(own, letter === 'e' || letter === 'g', writing)) return null
  for (const each of own) {
    if (each.node.type !== 'ReturnStatement') continue
    if (letter !== 'w' && isBeforeFinally(each)) return null
    if (!putReturn(each.node, writing)) return null
  }
  const statements = nodes(body.body)
  const directive = statements.findLast((statement) => typeof statement.directive === 'string')
  const from = directive?.end ?? body.start + 1
  const isOpen = directive !== undefined && source[from - 1] !== ';'
  const given = letter === 'e' ? firstGiven(method) : parameters(method)
  const count = letter === 's' || letter === 'g' ? [countOf(key, method)] : []
  // Those of an arrow function are another's.
  if (method.type === 'ArrowFunctionExpression' && count.includes('arguments.length')) return null
  const call = `${letter}(${self},${JSON.stringify(key)},${[id, ...count, ...given].join()})`
  insertions.push(
    { at: from, text: prefix(token, call, isOpen), order: order.begin },
    { at: body.end - 1, text: suffix(token, method.async === true), order: order.end },
  )
  return insertions
}

function letterOf(key: string, method: Node, source: string, families: Families): Letter {
  if (isStartVerb(key)) return 's'
  if (isStopVerb(key)) return mayEnd(key, () => source.slice(method.start, method.end)) ? 'e' : 'w'
  return families.has(key) ? 'g' : 'w'
}

/** Whether what a block holds begins where it does. */
function beginsOnItsLine(block: Node, source: string): boolean {
  const [first] = nodes(block.body)
  return !source.slice(block.start, first?.start ?? block.end).includes('\n')
}

interface Writing extends Inside {
  readonly token: string
  put(insertion: Insertion): void
}

/** What the function is given, by name: it may be handed callbacks. */
function parameters(method: Node): string[] {
  return nodes(method.params)
    .flatMap(boundNames)
    .filter((name) => name !== 'this')
}

/** Its first parameter, where that may name something: one with a default need not be given. */
function firstGiven(method: Node): string[] {
  const [first] = nodes(method.params)
  const isGiven = first?.type === 'Identifier' || first?.type === 'RestElement'
  return isGiven && first !== undefined ? boundNames(first).filter((name) => name !== 'this') : []
}

/** How many arguments there are, where that matters: of items, and at least one where it may name something. */
function countOf(key: string, method: Node): string {
  if (isOfItems(key) && parameters(method).length > 0) return 'arguments.length'
  return firstGiven(method).length > 0 ? '1' : '0'
}

/** Whether the statements mean the same inside a block. */
function mayStandInTry(method: Node, body: Node, own: readonly OwnNode[]): boolean {
  const given = parameters(method)
  if (given.includes('arguments')) return false
  const names = new Set([...given, 'arguments'])
  for (const { node } of own) {
    if (node.type === 'WithStatement') return false
    if (node.type === 'ForOfStatement' && node.await === true) return false
    if (node.type === 'CallExpression' && (node.callee as Node).name === 'eval') return false
    if (node.type !== 'VariableDeclaration') continue
    const declared = nodes(node.declarations).flatMap(({ id }) => boundNames(id))
    if (declared.includes('arguments') || /using$/.test(node.kind as string)) return false
    if (node.kind === 'var') for (const name of declared) names.add(name)
  }
  // A function may have the name of a variable, and a variable not that of a parameter; in a block it is the other way round.
  for (const statement of nodes(body.body)) {
    const isLexical = statement.type === 'VariableDeclaration' && statement.kind !== 'var'
    const isNamed = statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration'
    if (!isLexical && !isNamed) continue
    const declared = isNamed
      ? boundNames(statement.id)
      : nodes(statement.declarations).flatMap(({ id }) => boundNames(id))
    if (declared.some((name) => names.has(name))) return false
    for (const name of declared) names.add(name)
  }
  return true
}

/** A `finally` of the program's own may throw what was returned away. */
function isBeforeFinally(given: OwnNode): boolean {
  for (let each = given; each.above !== null; each = each.above) {
    const { node } = each.above
    if (node.type === 'TryStatement' && isNode(node.finalizer) && node.finalizer !== each.node) return true
  }
  return false
}

/** Whether it was possible. */
function putReturn(statement: Node, { source, token, put }: Writing): boolean {
  const { start, end, argument } = statement
  const isOpen = source[end - 1] !== ';'
  const valueAt = start + 'return'.length
  if (!isNode(argument)) {
    put({ at: valueAt, text: nothingReturned(token, isOpen), order: order.word })
    return true
  }
  if (argument.type === 'SequenceExpression') return false
  const isPlain = argument.type !== 'AwaitExpression' && !mayBePromise(argument)
  const valueEnd = isOpen ? end : end - 1
  if (isPlain && source[valueAt] === ' ') {
    put({ at: valueAt, text: '[', cut: 1, order: order.word })
    put({ at: valueEnd, text: afterPlainValue(token, valueEnd - valueAt - 1), order: order.value })
    return true
  }
  const named = argument.type === 'AwaitExpression' ? (argument.argument as Node) : argument
  if (namesFunctions(named)) return false
  put({ at: start, text: beforeValue(token), cut: 'return'.length, order: order.word })
  put({ at: end, text: afterValue(token, isOpen), order: order.statement })
  return true
}

/**
 * Whether it was possible: those that may be the first, up to one that is surely waited for. Of a stop the others too, where they
 * can be: the report says in which of them it is.
 */
function putAwaits(own: readonly OwnNode[], isStop: boolean, writing: Writing): boolean {
  const awaits = own.filter(({ node }) => node.type === 'AwaitExpression')
  const sure = awaits.findIndex(({ isBranched }) => !isBranched)
  const first = sure < 0 ? awaits : awaits.slice(0, sure + 1)
  if (!first.every((each) => putAwait(each, writing))) return false
  const others = isStop ? awaits.slice(first.length).filter((each) => putAwait(each, writing)) : []
  const told = [...first, ...others]
  for (const { node } of own) {
    if (node.type !== 'TryStatement') continue
    if (!told.some((each) => node.start <= each.node.start && each.node.end <= node.end)) continue
    const { handler, finalizer } = node
    for (const block of [isNode(handler) ? handler.body : null, finalizer])
      if (isNode(block))
        writing.put({
          at: block.start + 1,
          text: backInStatement(writing.token, false),
          order: order.block,
        })
  }
  return true
}

const lists = new Set(['BlockStatement', 'SwitchCase'])

function putAwait({ node, above }: OwnNode, { source, token, put }: Writing): boolean {
  const operandAt = node.start + 'await'.length
  if (source[operandAt] !== ' ' || (node.argument as Node).type === 'SequenceExpression') return false
  const parent = above?.node
  const outer = above?.above?.node
  if (parent === undefined) return false
  const { end } = node
  const operand: Insertion[] = [
    { at: operandAt, text: '[', cut: 1, order: order.word },
    { at: end, text: afterOperand(token, end - operandAt - 1), order: order.value },
  ]
  let back: Insertion | null = null
  if (parent.type === 'ExpressionStatement' && parent.start === node.start) {
    back = { at: end, text: backInExpression(token, parent.end === end), order: order.back }
  } else if (
    parent.type === 'AssignmentExpression' &&
    parent.right === node &&
    parent.end === end &&
    outer?.type === 'ExpressionStatement' &&
    outer.start === parent.start
  ) {
    if (namesFunctions(node.argument as Node)) return false
    back = { at: end, text: backInExpression(token, outer.end === end), order: order.back }
  } else if (parent.type === 'VariableDeclarator' && parent.end === end && outer !== undefined) {
    const list = above?.above?.above?.node
    if ((outer.declarations as unknown[]).length !== 1 || (list !== undefined && !lists.has(list.type)))
      return false
    if (namesFunctions(node.argument as Node)) return false
    const isOpen = source[outer.end - 1] !== ';'
    back = { at: outer.end, text: backInStatement(token, isOpen), order: order.statement }
  } else if (parent.type !== 'ReturnStatement' || parent.argument !== node) return false
  for (const insertion of operand) put(insertion)
  if (back !== null) put(back)
  return true
}
