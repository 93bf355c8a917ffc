/** Reading a syntax tree (ESTree, as oxc-parser gives it): walking, names, places. */
import { basename } from 'node:path'

export interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** A node, and where it stands. */
export class Visited {
  readonly node: Node
  readonly #above: Visited | null

  constructor(node: Node, above: Visited | null) {
    this.node = node
    this.#above = above
  }

  /** Those nearest to it, innermost last. */
  get parents(): readonly Node[] {
    const parents: Node[] = []
    for (let each = this.#above; each !== null && parents.length < keptParents; each = each.#above) {
      parents.unshift(each.node)
    }
    return parents
  }
}

/** What a name can depend on is near. */
const keptParents = 8

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

export function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []
}

/** What has no engine below it, and is most of a tree. */
const leaves = new Set(['Identifier', 'Literal', 'ThisExpression', 'TemplateElement', 'PrivateIdentifier'])

/**
 * Calls `visit` with every node of a tree but leaves, in no order to rely on, until it gives `true`; gives whether it did.
 * Without recursion: generated code nests thousands deep.
 */
export function walk(root: Node, visit: (visited: Visited) => unknown): boolean {
  const queue: Visited[] = [new Visited(root, null)]
  for (let visited = queue.pop(); visited !== undefined; visited = queue.pop()) {
    if (visit(visited) === true) return true
    const { node } = visited
    for (const key in node) {
      const value = node[key]
      if (typeof value !== 'object' || value === null) continue
      if (!Array.isArray(value)) enqueue(queue, value, visited)
      else for (const each of value) enqueue(queue, each, visited)
    }
  }
  return false
}

function enqueue(queue: Visited[], value: unknown, above: Visited): void {
  if (isNode(value) && !leaves.has(value.type)) queue.push(new Visited(value, above))
}

/** The static name of a property or method; `null` for a computed one other than `Symbol.dispose` and the like. */
export function keyName({ key, computed }: Node): string | null {
  if (!isNode(key)) return null
  if (key.type === 'PrivateIdentifier') return null
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : null
  if (computed !== true) return key.type === 'Identifier' ? (key.name as string) : null
  const { object, property } = key as { object?: Node; property?: Node }
  const isSymbol =
    key.type === 'MemberExpression' && object?.type === 'Identifier' && object.name === 'Symbol'
  return isSymbol && property?.type === 'Identifier' ? `[Symbol.${property.name}]` : null
}

/** `a.b.c` for plain member accesses, else `null`. */
export function pathOf(node: unknown): string[] | null {
  const path: string[] = []
  for (let each = node; isNode(each); each = each.object) {
    if (each.type === 'Identifier') return [each.name as string, ...path.reverse()]
    if (each.type === 'ThisExpression') return ['this', ...path.reverse()]
    if (each.type !== 'MemberExpression' || each.computed === true) return null
    if (!isNode(each.property) || each.property.type !== 'Identifier') return null
    path.push(each.property.name as string)
  }
  return null
}

/** The name that an expression gets from where it stands: its variable, property or factory. `''` where it has none. */
export function inferredName({ node, parents }: Visited, file: string): string {
  let inner = node
  for (const parent of parents.toReversed()) {
    const name = nameFrom(parent, inner, file)
    if (name !== null) return name
    inner = parent
  }
  return ''
}

/** `null`: look further out. */
function nameFrom(parent: Node, inner: Node, file: string): string | null {
  switch (parent.type) {
    case 'VariableDeclarator':
      return (isNode(parent.id) && parent.id.type === 'Identifier' ? parent.id.name : '') as string
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      return nameOfPath(pathOf(parent.left), file)
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return keyName(parent) ?? privateName(parent)
    case 'ExportDefaultDeclaration':
      return fileName(file)
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return isNode(parent.id) ? (parent.id.name as string) : null
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === inner ? null : ''
    case 'ArrayExpression':
      return ''
    default:
      return null
  }
}

function privateName({ key }: Node): string {
  return isNode(key) && key.type === 'PrivateIdentifier' ? (key.name as string) : ''
}

function nameOfPath(path: string[] | null, file: string): string {
  if (path === null) return ''
  const last = path.at(-1) as string
  if (last !== 'exports' && last !== 'default') return last
  return fileName(file)
}

function fileName(file: string): string {
  return basename(file).replace(/\.[^.]*$/, '')
}

/** Lines by offset, from 1. */
export function lineIndex(source: string): (offset: number) => number {
  const placeOf = placeIndex(source)
  return (offset) => placeOf(offset).line + 1
}

/** Places by offset, from 0. */
export function placeIndex(source: string): (offset: number) => { line: number; column: number } {
  const starts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle
    }
    return { line: low, column: offset - (starts[low] as number) }
  }
}
