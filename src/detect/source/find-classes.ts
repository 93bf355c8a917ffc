/** What to insert into a class: its registration, and where its instances begin. */
import {
  aroundField,
  classRegistration,
  type Described,
  handedStatement,
  type Insertion,
  type InstanceLetter,
  instanceConstructor,
  instanceField,
  instanceStatement,
  lenderRegistration,
  staticRegistration,
  writtenKeys,
} from './injection.ts'
import type { Inside } from './inside.ts'
import { insideMethods, placeId } from './inside-methods.ts'
import { plainBases } from './may-define.ts'
import { boundNames } from './own-code.ts'
import { isQuiet, valueMakers } from './quiet-constructor.ts'
import { inferredName, isNode, keyName, type Node, nodes, pathOf, type Visited, walk } from './syntax.ts'
import { type Families, familiesAmong, isAnyStart, isAnyStop } from './verb-families.ts'
import { isStartVerb, isStopVerb, isTakeVerb, mayEnd } from './verbs.ts'

type Describe = (name: string) => Described

export function classInsertions(
  visited: Visited,
  source: string,
  file: string,
  describe: Describe,
  inside: Inside,
): Insertion[] {
  const { node } = visited
  const body = node.body as Node
  if (node.declare === true || !isNode(body)) return []
  const members = nodes(body.body)
  const isDerived = isNode(node.superClass)
  const families = familiesOf(members, isDerived)
  const own = members.filter((member) => !member.static && isVerb(member, families, source))
  const shared = functionNames(members.filter((member) => member.static === true))
  const sharedFamilies = familiesAmong(shared)
  const described = describe(className(visited, file))
  const registrations: string[] = []
  if (
    shared.some((name) => isAnyStart(name, sharedFamilies)) &&
    shared.some((name) => isAnyStop(name, sharedFamilies))
  )
    registrations.push(staticRegistration(described, writtenKeys(shared)))
  const told: Insertion[] = []
  if (own.length > 0 || (isDerived && mayInherit(node.superClass as Node))) {
    const id = placeId(file, node.start)
    // What has no verb itself is no engine in most programs.
    const methods = own.length > 0 ? members.filter((member) => !member.static && isMethod(member)) : []
    const keys = insideMethods(methods, id, inside, told, families)
    registrations.push(classRegistration(described, isQuiet(node, members, source), { id, keys }))
  }
  if (isLender(members)) registrations.push(lenderRegistration(described))
  if (registrations.length === 0) return []
  const hasLifecycle =
    isDerived || own.some((member) => isAnyStop(keyName(member) ?? '', families)) || assignsVerb(members)
  const instances = hasLifecycle ? instanceInsertions(node, members, source) : []
  return [...told, ...instances, { at: body.end - 1, text: registrations.join('') }]
}

function isVerb(member: Node, families: Families, source: string): boolean {
  const name = keyName(member) ?? ''
  if (!isAnyStart(name, families) && !isAnyStop(name, families)) return false
  return hasFunction(member) && mayEnd(name, () => source.slice(member.start, member.end))
}

/** A method, or a field that is a function. */
function hasFunction(member: Node): boolean {
  return isMethod(member) || (member.type === 'PropertyDefinition' && isFunction(member.value))
}

function functionNames(members: readonly Node[]): string[] {
  return members.filter(hasFunction).map((member) => keyName(member) ?? '')
}

/** Of the instances. A class that extends another may have the rest of the verbs from that. */
function familiesOf(members: readonly Node[], isDerived: boolean): Families {
  return familiesAmong(functionNames(members.filter((member) => !member.static)), isDerived)
}

/** What it gives out may have the method that gives it back, and be of any other class. */
function isLender(members: readonly Node[]): boolean {
  return members.some((member) => !member.static && isMethod(member) && isTakeVerb(keyName(member) ?? ''))
}

function isMethod(member: Node): boolean {
  return member.type === 'MethodDefinition' && member.kind === 'method'
}

function isFunction(value: unknown): boolean {
  return isNode(value) && (value.type === 'ArrowFunctionExpression' || value.type === 'FunctionExpression')
}

function mayInherit(superClass: Node): boolean {
  const base = superClass.type === 'Literal' ? 'null' : (pathOf(superClass)?.at(-1) ?? '')
  return !plainBases.test(base)
}

function className(visited: Visited, file: string): string {
  const { node } = visited
  const kept = keptName(node)
  if (kept !== null) return kept
  const inferred = inferredName(visited, file)
  if (!isNode(node.id)) return inferred
  const name = node.id.name as string
  // Bundlers write `var Engine = class _Engine {}` where a class names itself.
  return node.type === 'ClassExpression' && name.startsWith('_') ? (inferred || name).replace(/^_/, '') : name
}

/** esbuild's `__name`, shortened or not; a program's own registry has a longer name. */
const nameKeeper = /^(?:__name\d*|[\w$]{1,3})$/

/** Bundlers that shorten names keep the one in the source so: `class t { static { n(this, 'Engine') } }`. */
function keptName(node: Node): string | null {
  const [first] = nodes((node.body as Node).body)
  const [statement] = first?.type === 'StaticBlock' ? nodes(first.body) : []
  const call = statement?.type === 'ExpressionStatement' ? (statement.expression as Node) : null
  if (call?.type !== 'CallExpression') return null
  const [self, name, ...others] = nodes(call.arguments)
  if (self?.type !== 'ThisExpression' || name?.type !== 'Literal' || others.length > 0) return null
  if (!nameKeeper.test(pathOf(call.callee)?.join('.') ?? '')) return null
  return typeof name.value === 'string' && name.value !== '' ? name.value : null
}

/** `letter`: of what is told of each instance. */
export function instanceInsertions(
  node: Node,
  members: readonly Node[],
  source: string,
  letter: InstanceLetter = 'n',
): Insertion[] {
  const body = node.body as Node
  const ctor = members.find((member) => member.type === 'MethodDefinition' && member.kind === 'constructor')
  const block = ctor === undefined ? undefined : ((ctor.value as Node).body as Node | null)
  const atEnd =
    isNode(block) && assignsVerb([block]) ? [{ at: block.end - 1, text: instanceStatement(letter) }] : []
  if (letter === 'n' && ctor !== undefined && isNode(block))
    atEnd.push(...handedInsertions(ctor.value as Node, node, source))
  const hasPrivateFields = members.some((member) => !member.static && isPrivateField(member))
  if (source.slice(body.start, body.end).includes('#leakwatch')) return []
  const early = members.find((member) => !member.static && (isPrivateField(member) ? calls : makes)(member))
  if (!isNode(node.superClass) || hasPrivateFields) {
    const fields = [{ at: body.end - 1, text: instanceField('', letter) }]
    if (early !== undefined)
      fields.unshift({ at: endBefore(early, body, members), text: instanceField('2', letter) })
    return [...fields, ...atEnd]
  }
  if (early !== undefined) atEnd.push(...aroundEarly(early, letter))
  if (!isNode(block)) {
    if (ctor !== undefined || !mayInherit(node.superClass) || node.superClass.type === 'Literal') return atEnd
    return [{ at: body.end - 1, text: instanceConstructor(letter) }]
  }
  const superCall = nodes(block.body).find(isSuperCall)
  if (superCall === undefined) return atEnd
  return [
    { at: lastOnLine(superCall, nodes(block.body), source).end, text: instanceStatement(letter) },
    ...atEnd,
  ]
}

/** A base may give one object twice, and that takes a private field once only: there the field's own value tells of the instance. */
function aroundEarly({ value }: Node, letter: InstanceLetter): Insertion[] {
  const { start, end } = value as Node
  const [before, after] = aroundField(letter)
  return [
    { at: start, text: before },
    { at: end, text: after },
  ]
}

const namesAtMost = 8

/** What tells which callbacks a constructor was handed, as soon as there is an instance. */
function handedInsertions(ctor: Node, { superClass }: Node, source: string): Insertion[] {
  const names = nodes(ctor.params)
    .flatMap(boundNames)
    .filter((name) => name !== 'this')
    .slice(0, namesAtMost)
  const block = ctor.body as Node
  const statements = nodes(block.body)
  const first = isNode(superClass) ? statements.find(isSuperCall) : statements[0]
  if (names.length === 0 || first === undefined) return []
  const beginsLower = source.slice(block.start, first.start).includes('\n')
  const isBefore = !isNode(superClass) && beginsLower
  const at = isBefore ? block.start + 1 : lastOnLine(first, statements, source).end
  return [{ at, text: handedStatement(names), order: 1 }]
}

/** The last statement that begins on a line: what is inserted after it moves no other. */
function lastOnLine(statement: Node, block: readonly Node[], source: string): Node {
  let last = statement
  for (const next of block.slice(block.indexOf(statement) + 1)) {
    if (source.slice(last.end, next.start).includes('\n')) break
    last = next
  }
  return last
}

function isPrivateField(member: Node): boolean {
  return member.type === 'PropertyDefinition' && isNode(member.key) && member.key.type === 'PrivateIdentifier'
}

function isSuperCall(statement: Node): boolean {
  const { expression } = statement
  if (statement.type !== 'ExpressionStatement' || !isNode(expression)) return false
  return (
    expression.type === 'CallExpression' && isNode(expression.callee) && expression.callee.type === 'Super'
  )
}

/** Right after what comes before a member, so that a member on a line of its own keeps its column. */
function endBefore(member: Node, body: Node, members: readonly Node[]): number {
  const before = members[members.indexOf(member) - 1]
  return before === undefined ? body.start + 1 : before.end
}

function calls(member: Node): boolean {
  if (!isNode(member.value)) return false
  return walk(member.value, ({ node }) => node.type === 'CallExpression' || node.type === 'NewExpression')
}

/** A field whose value has a `new` of what may be an engine, or calls a method of its own. A function runs only later. */
function makes(member: Node): boolean {
  if (member.type !== 'PropertyDefinition' || !isNode(member.value) || isFunction(member.value)) return false
  return walk(member.value, ({ node }) => {
    const path = isNode(node.callee) ? pathOf(node.callee) : null
    if (node.type === 'NewExpression') return !valueMakers.has(path?.join('.') ?? '')
    return node.type === 'CallExpression' && path?.[0] === 'this'
  })
}

/** `this.stop = ...` somewhere in it. */
function assignsVerb(roots: readonly Node[]): boolean {
  return roots.some((root) =>
    walk(root, ({ node }) => {
      if (node.type !== 'AssignmentExpression') return false
      const path = pathOf(node.left)
      if (path?.length !== 2 || path[0] !== 'this') return false
      return isStartVerb(path[1] as string) || isStopVerb(path[1] as string)
    }),
  )
}
