/** Whether code comes back to a place by itself: what a timer there is made for in turn. */
import { isNode, keyName, lineIndex, type Node, walk } from './syntax.ts'

/** `while`: as long as its condition holds, which somebody may have changed. */
export type Round = 'endless' | 'while'

const loops = new Set(['WhileStatement', 'DoWhileStatement', 'ForStatement'])
/** What gives the function inside its name. */
const names = new Set(['MethodDefinition', 'VariableDeclarator'])
const functions = /^(?:Function|ArrowFunction)/

/** `null`: the function at this line, counted from 1, runs to its end. */
export function roundAt(program: Node, source: string, line: number): Round | null {
  const lineOf = lineIndex(source)
  const around: Node[] = []
  walk(program, ({ node }) => {
    const isAround = lineOf(node.start) <= line && lineOf(node.end) >= line
    if (isAround && (loops.has(node.type) || functions.test(node.type) || names.has(node.type)))
      around.push(node)
  })
  around.sort((a, b) => b.end - b.start - (a.end - a.start))
  // A callback on the same line is inside: `new Promise((resolve) => setTimeout(resolve, 100))`.
  const isOnLine = (node: Node): boolean => lineOf(node.start) === line && lineOf(node.end) === line
  const inner = around.findLastIndex((node) => functions.test(node.type) && !isOnLine(node))
  const found = around.slice(inner + 1).filter(({ type }) => loops.has(type))
  if (found.length > 0) return found.some(isEndless) ? 'endless' : 'while'
  const [outer, own] = [around[inner - 1], around[inner]]
  return own !== undefined && callsItself(own, outer) ? 'endless' : null
}

function isEndless({ test }: Node): boolean {
  return !isNode(test) || (test.type === 'Literal' && Boolean(test.value))
}

function nameOf(outer: Node): unknown {
  return outer.type === 'MethodDefinition' ? keyName(outer) : isNode(outer.id) ? outer.id.name : null
}

function callsItself(own: Node, outer: Node | undefined): boolean {
  const name = isNode(own.id) ? own.id.name : outer === undefined ? null : nameOf(outer)
  if (typeof name !== 'string') return false
  return walk(own, ({ node }) => {
    const { callee } = node
    if (node.type !== 'CallExpression' || !isNode(callee)) return false
    if (callee.type === 'Identifier') return callee.name === name
    const { object, property } = callee as { object?: Node; property?: Node }
    return object?.type === 'ThisExpression' && property?.type === 'Identifier' && property.name === name
  })
}
