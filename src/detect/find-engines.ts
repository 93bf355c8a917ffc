/** Finds the classes, object literals and ES5 constructors with lifecycle verbs in a syntax tree, and what to insert. */
import { classInsertions } from './find-classes.ts'
import { aroundObject, type Described, type Insertion, objectRegistration } from './injection.ts'
import { Prototypes } from './plain/prototypes.ts'
import {
  inferredName,
  isNode,
  keyName,
  lineIndex,
  type Node,
  nodes,
  pathOf,
  type Visited,
  walk,
} from './syntax.ts'
import { isStartVerb, isStopVerb } from './verbs.ts'

/** Insertions in the order of their offsets. `file` is the path that the registrations give. */
export function findEngines(program: Node, source: string, file: string): Insertion[] {
  const lineOf = lineIndex(source)
  const insertions: Insertion[] = []
  const prototypes = new Prototypes()
  const describe = (name: string, { start, end }: Node): Described => ({
    name,
    file,
    line: lineOf(start),
    endLine: lineOf(end - 1),
  })
  walk(program, (visited) => {
    const { node } = visited
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      insertions.push(...classInsertions(visited, source, file, (name) => describe(name, node)))
    } else if (node.type === 'ObjectExpression') {
      insertions.push(...objectInsertions(visited, () => describe(inferredName(visited, file), node)))
    } else if (node.type === 'ExpressionStatement') notePrototypeVerb(visited, prototypes)
  })
  insertions.push(...prototypes.insertions(source, file, lineOf))
  return insertions.sort((a, b) => a.at - b.at)
}

const functionLike = new Set(['FunctionExpression', 'ArrowFunctionExpression', 'Identifier'])

function verbsOf(object: Node): { start: boolean; stop: boolean } {
  const names = nodes(object.properties)
    .filter((property) => property.type === 'Property' && property.kind === 'init')
    .filter(({ value }) => isNode(value) && functionLike.has(value.type))
    .map((property) => keyName(property) ?? '')
  return { start: names.some(isStartVerb), stop: names.some(isStopVerb) }
}

function objectInsertions(visited: Visited, describe: () => Described): Insertion[] {
  const { node } = visited
  const verbs = verbsOf(node)
  if (!verbs.start || !verbs.stop) return []
  const parent = visited.parents.at(-1)
  if (parent === undefined) return []
  // The verbs of a prototype are those of its instances.
  if (parent.type === 'AssignmentExpression' && pathOf(parent.left)?.at(-1) === 'prototype') return []
  if (isAsyncHook(node, parent)) return []
  const described = describe()
  const statement = declarationOf(visited)
  if (statement !== null) {
    const reference = (parent.id as Node).name as string
    return [{ at: statement.end, text: objectRegistration(reference, described) }]
  }
  const assigned = assignmentOf(visited)
  if (assigned !== null) {
    const reference = (pathOf(parent.left) as string[]).join('.')
    return [{ at: assigned.end, text: objectRegistration(reference, described) }]
  }
  if (/^(?:module\.)?exports$/.test(assignedPath(parent))) return exportedInsertions(visited, described)
  const [before, after] = aroundObject(described)
  return [
    { at: node.start, text: before },
    { at: node.end, text: after },
  ]
}

/** `const api = module.exports = {}`, `0 && (module.exports = {})`: its names are read off its text, too. */
function exportedInsertions({ node, parents }: Visited, described: Described): Insertion[] {
  const outwards = parents.toReversed()
  const reference = assignedPath(outwards[0] as Node)
  let inner = node
  for (const [index, each] of outwards.entries()) {
    const isGiven = each.type === 'AssignmentExpression' ? each.right === inner : each.init === inner
    if (isGiven && each.type !== 'ForStatement') inner = each
    else {
      const block = outwards[index + 1]?.type
      const isStatement = each.type === 'ExpressionStatement' || each.type === 'VariableDeclaration'
      const isInBlock = block === 'Program' || block === 'BlockStatement'
      return isStatement && isInBlock
        ? [{ at: each.end, text: objectRegistration(reference, described) }]
        : []
    }
  }
  return []
}

function assignedPath(node: Node): string {
  return node.type === 'AssignmentExpression' && node.operator === '='
    ? (pathOf(node.left)?.join('.') ?? '')
    : ''
}

/** `createHook({ init() {}, destroy() {} })`: called for every handle that opens, leakwatch's own included. */
function isAsyncHook(node: Node, parent: Node): boolean {
  if (parent.type === 'CallExpression' && pathOf(parent.callee)?.at(-1) === 'createHook') return true
  const names = new Set(nodes(node.properties).map(keyName))
  return names.has('init') && ['before', 'after', 'promiseResolve'].some((name) => names.has(name))
}

/** The statement after which the object can be called by its name: `const engine = { ... }` in a block. */
function declarationOf({ node, parents }: Visited): Node | null {
  const [block, statement, declarator] = parents.slice(-3)
  if (declarator?.type !== 'VariableDeclarator' || declarator.init !== node) return null
  if (!isNode(declarator.id) || declarator.id.type !== 'Identifier') return null
  if (statement?.type !== 'VariableDeclaration') return null
  if (block?.type === 'ExportNamedDeclaration') return block
  return block?.type === 'Program' || block?.type === 'BlockStatement' ? statement : null
}

/**
 * The statement after which it can be read where it was assigned to: a variable or the module's exports, which no setter
 * guards. Node reads the names that a CommonJS file exports off its text: nothing may stand before the brace there.
 */
function assignmentOf({ node, parents }: Visited): Node | null {
  const [block, statement, assignment] = parents.slice(-3)
  if (
    assignment?.type !== 'AssignmentExpression' ||
    assignment.right !== node ||
    assignment.operator !== '='
  ) {
    return null
  }
  if (statement?.type !== 'ExpressionStatement') return null
  if (block?.type !== 'Program' && block?.type !== 'BlockStatement') return null
  const path = pathOf(assignment.left)?.join('.') ?? ''
  return /^(?:[^.]+|(?:module\.)?exports(?:\.[^.]+)?)$/.test(path) ? statement : null
}

/** `Engine.prototype.start = function () {}` and `Engine.prototype = { start() {}, stop() {} }`. */
function notePrototypeVerb(visited: Visited, prototypes: Prototypes): void {
  const { node } = visited
  const { expression } = node
  if (!isNode(expression) || expression.type !== 'AssignmentExpression') return
  const block = visited.parents.at(-1)?.type
  if (block !== 'Program' && block !== 'BlockStatement' && block !== 'SwitchCase') return
  const path = pathOf(expression.left)
  const at = path?.indexOf('prototype') ?? -1
  if (path === null || at < 1 || path.length > at + 2) return
  const reference = path.slice(0, at).join('.')
  const verb = path[at + 1]
  let found = { start: isStartVerb(verb ?? ''), stop: isStopVerb(verb ?? '') }
  if (verb === undefined && isNode(expression.right) && expression.right.type === 'ObjectExpression') {
    found = verbsOf(expression.right)
  }
  if (found.start || found.stop) prototypes.note(reference, found, node.start, node.end)
}
