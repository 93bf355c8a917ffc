/** Whether making an instance runs no code but what stands in its constructor and fields, and that opens nothing. */
import { isNode, type Node, nodes, pathOf } from './syntax.ts'

/** Globals that only make or read values, also as functions of theirs, where no function is handed to them. */
export const valueMakers: ReadonlySet<string> = new Set([
  'Array',
  'ArrayBuffer',
  'BigInt',
  'Boolean',
  'Buffer',
  'Date',
  'Error',
  'Map',
  'Math',
  'Number',
  'Object',
  'RangeError',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'TypeError',
  'URL',
  'Uint8Array',
  'WeakMap',
  'WeakRef',
  'WeakSet',
  'performance',
])

/** Those that call a function which they are given by its name. */
const callsBack = /^(?:Array\.from|\w+\.groupBy|JSON\.\w+)$/

/** Code that runs other code without a call to be seen, or goes on later. */
const hiddenCalls = new Set([
  'AwaitExpression',
  'ClassDeclaration',
  'ClassExpression',
  'Decorator',
  'ForInStatement',
  'ForOfStatement',
  'ImportExpression',
  'TaggedTemplateExpression',
  'YieldExpression',
])

const functions = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'])

/** Of one class alone: its bases, and setters that it may assign to, show only when it runs. */
export function isQuiet(node: Node, members: readonly Node[], source: string): boolean {
  if (nodes(node.decorators).length > 0) return false
  return members.every((member) => {
    if (member.static === true || member.type === 'StaticBlock') return true
    if (nodes(member.decorators).length > 0) return false
    if (member.type === 'MethodDefinition')
      return member.kind !== 'constructor' || opensNothing(member.value, source)
    return member.type === 'PropertyDefinition' ? opensNothing(member.value, source, true) : false
  })
}

/** A constructor's own body runs; of a field, a function is only its value. */
function opensNothing(root: unknown, source: string, isField = false): boolean {
  if (!isNode(root)) return true
  const queue: Node[] = !isField && functions.has(root.type) ? childrenOf(root) : [root]
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (hiddenCalls.has(node.type)) return false
    if (functions.has(node.type)) continue
    if ((node.type === 'CallExpression' || node.type === 'NewExpression') && !isHarmless(node, source))
      return false
    queue.push(...childrenOf(node))
  }
  return true
}

function isHarmless({ callee, arguments: args }: Node, source: string): boolean {
  if (!isNode(callee)) return false
  if (callee.type === 'Super') return true
  const path = pathOf(callee)
  const method = callee.type === 'MemberExpression' && isNode(callee.property) ? callee.property : null
  // `this.onTick.bind(this)`
  if (method?.type === 'Identifier' && method.name === 'bind') {
    return path?.length === 3 && path[0] === 'this' && nodes(args)[0]?.type === 'ThisExpression'
  }
  if (path === null || !isHarmlessCall(path, source)) return false
  return !nodes(args).some(({ type }) => functions.has(type))
}

/** Of `Object.assign` and the like, where no function is among the arguments. */
export function isHarmlessCall(path: readonly string[], source: string): boolean {
  const [global] = path as [string]
  return valueMakers.has(global) && !isDeclared(global, source) && !callsBack.test(path.join('.'))
}

let declared = { source: '', names: new Map<string, boolean>() }

/** Whether the file may have something of its own by that name; looked for once a file and name. */
export function isDeclared(name: string, source: string): boolean {
  if (declared.source !== source) declared = { source, names: new Map() }
  let found = declared.names.get(name)
  if (found === undefined) {
    found = declares(source, name)
    declared.names.set(name, found)
  }
  return found
}

function declares(source: string, name: string): boolean {
  const own = `\\b(?:class|function|const|let|var|as|import)\\s+${name}\\b|[{,]\\s*${name}\\s*[,}]`
  return new RegExp(own).test(source)
}

function childrenOf(node: Node): Node[] {
  return Object.keys(node).flatMap((key) => nodes(node[key]))
}
