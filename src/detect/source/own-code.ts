/** What a function itself does: the code of functions and classes inside it is theirs. */
import { isNode, type Node, nodes } from './syntax.ts'

/** A node of a function's own code, and where it stands. */
export interface OwnNode {
  readonly node: Node
  readonly above: OwnNode | null
  /** Inside what may not be run: a branch, a loop, a `try`. */
  readonly isBranched: boolean
}

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
const classes = new Set(['ClassDeclaration', 'ClassExpression'])
const branches =
  /^(?:If|For|ForIn|ForOf|While|DoWhile|Switch|Try)Statement$|^(?:Conditional|Logical)Expression$/

export function isFunction({ type }: Node): boolean {
  return functions.has(type)
}

/** The nodes below `root`, in no order to rely on. `withArrows`: those of arrow functions too, which share its `this`. */
export function* ownNodes(root: Node, withArrows = false): Generator<OwnNode> {
  const open: OwnNode[] = [{ node: root, above: null, isBranched: false }]
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    const { node } = each
    if (node !== root) {
      yield each
      if (classes.has(node.type)) {
        for (const below of outsideOf(node)) open.push({ node: below, above: each, isBranched: true })
        continue
      }
      if (isFunction(node) && !(withArrows && node.type === 'ArrowFunctionExpression')) continue
    }
    const isBranched = each.isBranched || branches.test(node.type)
    for (const below of children(node)) open.push({ node: below, above: each, isBranched })
  }
}

/** What of a class is computed where it stands. */
function outsideOf({ superClass, body, decorators }: Node): Node[] {
  const members = isNode(body) ? nodes(body.body) : []
  const computed = members.filter((member) => member.computed === true).map(({ key }) => key)
  const decorated = members.flatMap((member) => nodes(member.decorators))
  return [superClass, ...computed, ...decorated, ...nodes(decorators)].filter(isNode)
}

function* children(node: Node): Generator<Node> {
  for (const key in node) {
    const value = node[key]
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) {
      if (isNode(value)) yield value
    } else for (const each of value) if (isNode(each)) yield each
  }
}

/** Whether a function or a class stands in an expression. */
export function hasFunction(root: Node): boolean {
  if (isFunction(root) || classes.has(root.type)) return true
  for (const { node } of ownNodes(root)) if (isFunction(node) || classes.has(node.type)) return true
  return false
}

/** Whether a function uses what it is called on. */
export function usesThis(method: Node): boolean {
  for (const { node } of ownNodes(method, true))
    if (node.type === 'ThisExpression' || node.type === 'Super') return true
  return false
}

/** The names that a pattern binds: of a parameter, or a variable. */
export function boundNames(pattern: unknown): string[] {
  if (!isNode(pattern)) return []
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name as string]
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'RestElement':
      return boundNames(pattern.argument)
    case 'Property':
      return boundNames(pattern.value)
    case 'TSParameterProperty':
      return boundNames(pattern.parameter)
    case 'ArrayPattern':
      return (pattern.elements as unknown[]).flatMap(boundNames)
    case 'ObjectPattern':
      return (pattern.properties as unknown[]).flatMap(boundNames)
    default:
      return []
  }
}

/** Whether a function may have something of its own by that name: a parameter, a variable, a function, itself. */
export function bindsAnywhere(method: Node, name: string): boolean {
  const isBound = (pattern: unknown) => boundNames(pattern).includes(name)
  if (isBound(method.id) || nodes(method.params).some(isBound)) return true
  for (const { node } of ownNodes(method)) if (isBound(node.id)) return true
  return false
}

const wrappings = /^(?:ParenthesizedExpression|TS(?:As|Satisfies|NonNull|TypeAssertion)\w*)$/

/** Without what only types say. */
export function unwrapped(expression: Node): Node {
  let inner = expression
  while (wrappings.test(inner.type) && isNode(inner.expression)) inner = inner.expression
  return inner
}

const mayGivePromises = new Set([
  'CallExpression',
  'NewExpression',
  'MemberExpression',
  'ChainExpression',
  'TaggedTemplateExpression',
  'ImportExpression',
  'YieldExpression',
])

/** Whether the value of an expression may be a promise. */
export function mayBePromise(expression: Node): boolean {
  const open: unknown[] = [expression]
  while (open.length > 0) {
    const next = open.pop()
    if (!isNode(next)) continue
    const inner = unwrapped(next)
    if (mayGivePromises.has(inner.type) || (inner.type === 'Identifier' && inner.name !== 'undefined'))
      return true
    if (inner.type === 'ConditionalExpression') open.push(inner.consequent, inner.alternate)
    else if (inner.type === 'LogicalExpression') open.push(inner.left, inner.right)
    else if (inner.type === 'SequenceExpression') open.push((inner.expressions as unknown[]).at(-1))
    else if (inner.type === 'AssignmentExpression') open.push(inner.right)
  }
  return false
}

/**
 * Whether a function in `expression` would be called after what the value is assigned to: V8 names those without a name so
 * in stacks, but not one that the outermost call is given.
 */
export function namesFunctions(expression: Node): boolean {
  const inner = unwrapped(expression)
  if (!hasFunction(inner)) return false
  const isCall = inner.type === 'CallExpression' || inner.type === 'NewExpression'
  return !isCall || hasFunction(inner.callee as Node)
}
