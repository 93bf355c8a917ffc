/** Finds the classes of a library's file that are its engines, by their names, and what to insert. */
import { instanceInsertions } from './find-classes.ts'
import {
  factoryStatement,
  type Insertion,
  instanceStatement,
  libraryRegistration,
  libraryStatement,
  sorted,
} from './injection.ts'
import { inferredName, isNode, keyName, lineIndex, type Node, nodes, type Visited, walk } from './syntax.ts'

interface Wanting {
  readonly class: string
  readonly methods?: readonly string[]
  readonly start: string
  readonly factories?: readonly string[]
}

interface Wanted {
  /** By what reports call them. */
  readonly engines: readonly (readonly [name: string, engine: Wanting])[]
  /** Classes that engines extend, and in whose constructors these begin. */
  readonly bases: readonly string[]
  /** Functions that make engines, each with what reports call these; with a dot in it: an export. */
  readonly factories: readonly (readonly [name: string, factory: string])[]
  /** Functions by which leases are taken or end, each with their lender's name; with a dot in it: one that is assigned somewhere. */
  readonly lending: readonly (readonly [name: string, reference: string])[]
}

export function libraryInsertions(program: Node, source: string, file: string, wanted: Wanted): Insertion[] {
  const { engines, bases, factories, lending } = wanted
  const lineOf = lineIndex(source)
  const insertions: Insertion[] = []
  const found = new Set<string>()
  const end = nodes(program.body).at(-1)?.end ?? 0
  walk(program, (visited) => {
    const { node } = visited
    const assigned = assignedIn(node, source)
    const ends = assigned === null ? undefined : lending.find(([, reference]) => reference === assigned)
    if (ends !== undefined) insertions.push({ at: node.end, text: lendingStatement(ends, file) })
    const isClass = node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
    const isAtTop = isTopFunction(visited, program)
    const returned = isClass || isAtTop ? null : returnOf(visited)
    if (!isClass && !isAtTop && returned === null) return
    const className = nameOf(visited, file)
    const { body } = node
    const made = isClass || !isAtTop ? undefined : factories.find(([, factory]) => factory === className)
    // Its file may export it before it stands.
    if (made !== undefined)
      insertions.push({ at: afterDirectives(program), text: factoryStatement(className, made[0], file) })
    const lends = isAtTop ? lending.find(([, reference]) => reference === className) : undefined
    if (lends !== undefined)
      insertions.push({ at: afterDirectives(program), text: lendingStatement(lends, file) })
    if (!isNode(body) || className === '') return
    const ofClass = engines.filter(
      ([name, engine]) =>
        !found.has(name) && (engine.class === className || (isClass && hasMethods(body, engine.methods))),
    )
    const isBegun =
      bases.includes(className) ||
      ofClass.some(([, { start, factories }]) => start === 'new' || factories !== undefined)
    if (isBegun && isClass) insertions.push(...instanceInsertions(node, nodes(body.body), source, 'm'))
    else if (isBegun) insertions.push({ at: afterDirectives(body), text: instanceStatement('m') })
    for (const [name] of ofClass) {
      found.add(name)
      const described = { name, file, line: lineOf(node.start), endLine: lineOf(node.end - 1) }
      // The methods of a function's prototype come after it.
      if (isClass) insertions.push({ at: body.end - 1, text: libraryRegistration(described) })
      else insertions.push({ at: returned?.start ?? end, text: libraryStatement(className, described) })
    }
  })
  for (const [name, factory] of factories)
    if (factory.includes('.')) insertions.push({ at: end, text: factoryStatement(factory, name, file) })
  return sorted(insertions)
}

/** `sql.release` of `sql.release = () => {}`, as a statement; `null`: it is none. */
function assignedIn({ type, expression }: Node, source: string): string | null {
  if (type !== 'ExpressionStatement' || !isNode(expression) || expression.type !== 'AssignmentExpression')
    return null
  const { left } = expression
  return isNode(left) && left.type === 'MemberExpression' ? source.slice(left.start, left.end) : null
}

function lendingStatement([name, reference]: readonly [string, string], file: string): string {
  return factoryStatement(reference, name, `${file}#${reference}`)
}

/** `function Pool() {}`, `const Pool = function () {}` */
function isTopFunction({ node, parents }: Visited, program: Node): boolean {
  if (node.type === 'FunctionDeclaration') {
    const parent = parents.at(-1)
    return parent === program || parent?.type === 'ExportNamedDeclaration'
  }
  return (
    node.type === 'FunctionExpression' &&
    parents.at(-1)?.type === 'VariableDeclarator' &&
    parents.at(-3) === program
  )
}

function hasMethods(body: Node, methods: readonly string[] | undefined): boolean {
  if (methods === undefined) return false
  const names = new Set(nodes(body.body).map(keyName))
  return methods.every((method) => names.has(method))
}

/** `function () { function Pool() {} ... return Pool }()`: a class, as compilers write it for old engines. */
function returnOf({ node, parents }: Visited): Node | null {
  const block = parents.at(-1)
  if (node.type !== 'FunctionDeclaration') return null
  const last = block?.type === 'BlockStatement' ? nodes(block.body).at(-1) : undefined
  const given = last?.type === 'ReturnStatement' && isNode(last.argument) ? last.argument : null
  if (last === undefined || given === null || !isNode(node.id)) return null
  return given.type === 'Identifier' && given.name === node.id.name ? last : null
}

function nameOf(visited: Visited, file: string): string {
  const { node } = visited
  // A function is referred to by the variable that it is assigned to.
  if (isNode(node.id) && node.type !== 'FunctionExpression') return node.id.name as string
  return node.type === 'FunctionDeclaration' ? '' : inferredName(visited, file)
}

function afterDirectives(body: Node): number {
  const directive = nodes(body.body).findLast((statement) => typeof statement.directive === 'string')
  return directive?.end ?? (body.type === 'Program' ? 0 : body.start + 1)
}
