/** Finds the classes, object literals and ES5 constructors with lifecycle verbs in a syntax tree, and what to insert. */
import { Es5Constructors } from './es5-constructors.ts'
import { classInsertions } from './find-classes.ts'
import {
  aroundObject,
  type Described,
  type Insertion,
  objectRegistration,
  sorted,
  type ToldOfObject,
  writtenKeys,
} from './injection.ts'
import { type Inside, insideOf } from './inside.ts'
import { insideMethods, placeId } from './inside-methods.ts'
import { bindsAnywhere, isFunction, usesThis } from './own-code.ts'
import { Prototypes } from './prototypes.ts'
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
import { type Families, familiesAmong, isAnyStart, isAnyStop, mayBeVerb } from './verb-families.ts'

/** Insertions in the order of their offsets. `file` is the path that the registrations give. */
export function findEngines(program: Node, source: string, file: string): Insertion[] {
  const lineOf = lineIndex(source)
  const inside = insideOf(source)
  const insertions: Insertion[] = []
  const prototypes = new Prototypes()
  const constructors = new Es5Constructors()
  const describe = (name: string, { start, end }: Node): Described => ({
    name,
    file,
    line: lineOf(start),
    endLine: lineOf(end - 1),
  })
  const withs: Node[] = []
  walk(program, (visited) => {
    const { node } = visited
    // What stands in a `with` would ask its object for all that is inserted.
    if (node.type === 'WithStatement') withs.push(node)
    if (withs.some(({ start, end }) => start <= node.start && node.end <= end)) return
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      insertions.push(...classInsertions(visited, source, file, (name) => describe(name, node), inside))
    } else if (node.type === 'ObjectExpression') {
      insertions.push(...objectInsertions(visited, () => describe(inferredName(visited, file), node), inside))
    } else if (node.type === 'ExpressionStatement') notePrototypeVerb(visited, prototypes)
    else if (node.type === 'CallExpression') prototypes.noteList(visited)
    else if (isFunction(node)) constructors.note(visited)
  })
  insertions.push(...prototypes.insertions(file, lineOf, inside, constructors))
  return sorted(insertions)
}

const functionLike = new Set(['FunctionExpression', 'ArrowFunctionExpression', 'Identifier'])

interface Verbs {
  start: boolean
  stop: boolean
  families: Families
}

function functionNames(object: Node): string[] {
  return nodes(object.properties)
    .filter((property) => property.type === 'Property' && property.kind === 'init')
    .filter(({ value }) => isNode(value) && functionLike.has(value.type))
    .map((property) => keyName(property) ?? '')
}

function verbsOf(object: Node): Verbs {
  const names = functionNames(object)
  const families = familiesAmong(names)
  return {
    start: names.some((name) => isAnyStart(name, families)),
    stop: names.some((name) => isAnyStop(name, families)),
    families,
  }
}

function isVerbIn(property: Node, families: Families): boolean {
  const name = keyName(property) ?? ''
  return isAnyStart(name, families) || isAnyStop(name, families)
}

/** What an object writes as a function: one that it only refers to may be a class, or compared with what it is elsewhere. */
function ownFunctions(object: Node): Node[] {
  return nodes(object.properties).filter(
    ({ type, kind, value }) => type === 'Property' && kind === 'init' && isNode(value) && isFunction(value),
  )
}

/**
 * Methods that can tell of their calls by `this`. A verb means its object, whatever it is called on: only one that uses `this` is
 * surely called on that.
 */
function mayTell(property: Node, families: Families): boolean {
  const value = property.value as Node
  return value.type === 'FunctionExpression' && (!isVerbIn(property, families) || usesThis(value))
}

function objectInsertions(visited: Visited, describe: () => Described, inside: Inside): Insertion[] {
  const { node } = visited
  const verbs = verbsOf(node)
  if (!verbs.start || !verbs.stop) return []
  const parent = visited.parents.at(-1)
  if (parent === undefined) return []
  // The verbs of a prototype are those of its instances.
  if (parent.type === 'AssignmentExpression' && pathOf(parent.left)?.at(-1) === 'prototype') return []
  if (isAsyncHook(node, parent)) return []
  const described = describe()
  const insertions: Insertion[] = []
  const id = placeId(described.file, node.start)
  const functions = ownFunctions(node)
  const { families } = verbs
  const telling = functions.filter((each) => mayTell(each, families))
  const keys = insideMethods(telling, id, inside, insertions, families)
  const constant = constantOf(visited)
  if (constant !== null) {
    const others = functions.filter((each) => !telling.includes(each) && mayName(each, constant, families))
    keys.push(...insideMethods(others, id, inside, insertions, families, constant))
  }
  const given = [...functions, ...verbsAmong(node, families)].map((property) => keyName(property) ?? '')
  const wrapped = [...new Set(writtenKeys(given))].filter((key) => !keys.includes(key))
  const registered = registrationOf(visited, described, { wrapped, id, keys })
  return registered.length === 0 ? [] : [...insertions, ...registered]
}

/** The constant that an object is the value of; `null`: none. Nobody can call its functions before it has that value. */
function constantOf(visited: Visited): string | null {
  const [, statement, declarator] = visited.parents.slice(-3)
  if (statement?.kind !== 'const' || declarator === undefined || declarationOf(visited) === null) return null
  return (declarator.id as Node).name as string
}

/** Whether a verb can tell of its calls by that name, which then has to mean the object where its body begins. */
function mayName(property: Node, constant: string, families: Families): boolean {
  const value = property.value as Node
  return isVerbIn(property, families) && !bindsAnywhere(value, constant)
}

function verbsAmong(object: Node, families: Families): Node[] {
  return nodes(object.properties).filter(
    (property) => property.kind === 'init' && isVerbIn(property, families),
  )
}

function registrationOf(visited: Visited, described: Described, told: ToldOfObject): Insertion[] {
  const { node } = visited
  const parent = visited.parents.at(-1) as Node
  const statement = declarationOf(visited)
  if (statement !== null) {
    const reference = (parent.id as Node).name as string
    return [{ at: statement.end, text: objectRegistration(reference, described, told) }]
  }
  const assigned = assignmentOf(visited)
  if (assigned !== null) {
    const reference = (pathOf(parent.left) as string[]).join('.')
    return [{ at: assigned.end, text: objectRegistration(reference, described, told) }]
  }
  if (/^(?:module\.)?exports$/.test(assignedPath(parent))) return exportedInsertions(visited, described, told)
  const [before, after] = aroundObject(described, told)
  return [
    { at: node.start, text: before },
    { at: node.end, text: after },
  ]
}

/** `const api = module.exports = {}`, `0 && (module.exports = {})`: its names are read off its text, too. */
function exportedInsertions(
  { node, parents }: Visited,
  described: Described,
  told: ToldOfObject,
): Insertion[] {
  const outwards = parents.toReversed()
  const reference = assignedPath(outwards[0] as Node)
  let inner = node
  for (const [index, each] of outwards.entries()) {
    const isGiven = each.type === 'AssignmentExpression' ? each.right === inner : each.init === inner
    if (isGiven && each.type !== 'ForStatement') inner = each
    else {
      const block = outwards[index + 1]?.type
      const isStatement = each.type === 'ExpressionStatement' || isLastOf(each, inner)
      const isInBlock = block === 'Program' || block === 'BlockStatement'
      return isStatement && isInBlock
        ? [{ at: each.end, text: objectRegistration(reference, described, told) }]
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

/** Whether nothing of a declaration runs after this one of its variables: `const engine = { ... }, { start } = engine`. */
function isLastOf(statement: Node, declarator: Node): boolean {
  return statement.type === 'VariableDeclaration' && nodes(statement.declarations).at(-1) === declarator
}

/** The statement after which the object can be called by its name: `const engine = { ... }` in a block. */
function declarationOf({ node, parents }: Visited): Node | null {
  const [block, statement, declarator] = parents.slice(-3)
  if (declarator?.type !== 'VariableDeclarator' || declarator.init !== node) return null
  if (!isNode(declarator.id) || declarator.id.type !== 'Identifier') return null
  if (statement === undefined || !isLastOf(statement, declarator)) return null
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
  const given = expression.right
  if (verb !== undefined && isNode(given) && given.type === 'FunctionExpression')
    prototypes.noteMethod(reference, verb, given)
  else if (verb === undefined && isNode(given) && given.type === 'ObjectExpression')
    for (const property of ownFunctions(given).filter(
      ({ value }) => (value as Node).type === 'FunctionExpression',
    ))
      prototypes.noteMethod(reference, keyName(property) ?? '', property.value as Node)
  const names =
    verb === undefined && isNode(given) && given.type === 'ObjectExpression'
      ? functionNames(given)
      : [verb ?? '']
  if (names.some(mayBeVerb)) prototypes.note(reference, names, node.start, node.end)
}
