/** Where the instances of an ES5 constructor begin: `function Engine() {}`, whose prototype has the verbs. */
import { type Insertion, instanceStatement } from './injection.ts'
import { isFunction, ownNodes } from './own-code.ts'
import { isNode, type Node, nodes, pathOf, type Visited } from './syntax.ts'

/** The functions of a file that may be constructors, by how the program calls them; `null`: there are two of that name. */
export class Es5Constructors {
  readonly #byReference = new Map<string, Node | null>()

  note({ node, parents }: Visited): void {
    const parent = parents.at(-1)
    if (node.type === 'FunctionDeclaration' && isNode(node.id)) this.#put(node.id.name as string, node)
    else if (node.type !== 'FunctionExpression' || parent === undefined) return
    else if (parent.type === 'VariableDeclarator') this.#put(pathOf(parent.id)?.join('.'), node)
    else if (parent.type === 'AssignmentExpression' && parent.right === node)
      this.#put(pathOf(parent.left)?.join('.'), node)
  }

  #put(reference: string | undefined, node: Node): void {
    if (reference === undefined) return
    this.#byReference.set(reference, this.#byReference.has(reference) ? null : node)
  }

  /** `null`: none is known, or what it makes may be another object than its `this`. */
  insertion(reference: string, source: string): Insertion | null {
    const made = this.#byReference.get(reference) ?? null
    if (made === null || made.async === true || made.generator === true) return null
    const body = made.body as Node
    for (const { node } of ownNodes(body)) {
      if (node.type !== 'ReturnStatement' || !isNode(node.argument)) continue
      // `if (!(this instanceof Engine)) return new Engine()`
      if (node.argument.type !== 'NewExpression') return null
    }
    const at = placeIn(body, source)
    return at === null ? null : { at, text: instanceStatement('k'), order: 1 }
  }
}

/** Before its first statement, where that begins on a line of its own; else behind those that share its line. */
function placeIn(body: Node, source: string): number | null {
  const statements = nodes(body.body)
  const directives = statements.filter((statement) => typeof statement.directive === 'string')
  const from = directives.at(-1)?.end ?? body.start + 1
  const [first, ...others] = statements.slice(directives.length)
  if (first === undefined) return null
  if (source.slice(from, first.start).includes('\n')) return from
  let last = first
  for (const next of others) {
    if (source.slice(last.end, next.start).includes('\n')) break
    last = next
  }
  return last.type === 'ReturnStatement' || isFunction(last) ? null : last.end
}
