/**
 * Finds the classes of plainly written files without a parser: loading that takes longer than all the rest of a program's
 * start, for a class of five lines. Gives what the parser's tree has of a class, or `null` where it takes more than a look:
 * then the file is parsed. Both ways come to the same insertions, which a test compares file by file.
 */
import { classInsertions } from '../find-classes.ts'
import type { Insertion } from '../injection.ts'
import { lineIndex, type Node, Visited } from '../syntax.ts'
import { Cursor, unclear } from './cursor.ts'
import { identifier, readMember } from './member.ts'
import { beforeExpression, type Tokens, tokensOf, word } from './tokens.ts'

/** Beyond this, a parser's start is the lesser part. */
const longest = 200_000

/** What to insert, in the order of offsets; `null`: the file has to be parsed. */
export function plainInsertions(source: string, file: string): Insertion[] | null {
  const tokens = source.length > longest ? null : tokensOf(source)
  const classes = tokens === null ? null : readClasses(tokens)
  if (classes === null) return null
  const lineOf = lineIndex(source)
  return classes.flatMap((node) => {
    const lines = { file, line: lineOf(node.start), endLine: lineOf(node.end - 1) }
    return classInsertions(new Visited(node, null), source, file, (name) => ({ name, ...lines }))
  })
}

/** Class declarations as syntax nodes, as far as `classInsertions` looks at them. */
function readClasses(tokens: Tokens): Node[] | null {
  const cursor = new Cursor(tokens)
  const found: Node[] = []
  try {
    while (!cursor.isAtEnd) {
      if (cursor.isWord('class') && !cursor.isProperty()) found.push(readClass(cursor))
      else cursor.pass()
    }
  } catch (error) {
    if (error === unclear) return null
    throw error
  }
  return cursor.mayHaveObjects ? null : found
}

function readClass(cursor: Cursor): Node {
  if (!isDeclaration(cursor)) throw unclear
  const start = cursor.startOf()
  cursor.at += 1
  if (cursor.kind() !== word || cursor.isWord('extends')) throw unclear
  const id = identifier(cursor.text())
  cursor.at += 1
  const superClass = readSuperClass(cursor)
  const from = cursor.startOf()
  cursor.take('{')
  const members: Node[] = []
  while (cursor.kind() !== '}') {
    if (cursor.kind() === ';') cursor.at += 1
    else members.push(readMember(cursor, superClass !== null))
  }
  cursor.at += 1
  const end = cursor.end()
  const body = { type: 'ClassBody', start: from, end, body: members }
  return { type: 'ClassDeclaration', start, end, id, superClass, body, decorators: [] }
}

/** Whether the `class` here begins a declaration: behind what no expression can follow. */
function isDeclaration(cursor: Cursor): boolean {
  const before = cursor.kind(-1)
  if (before === '' || before === ';' || before === '{' || before === '}') return true
  const written = cursor.text(-1)
  if (before === word && (written === 'export' || written === 'default')) return true
  return [word, ')', ']', '"', '0'].includes(before) && cursor.isOnNextLine() && !leadsOn.has(written)
}

const longestPath = 16

/** Words after which a line does not end a statement. */
const leadsOn = new Set([...beforeExpression, 'of', 'yield', 'await', 'extends'])

function readSuperClass(cursor: Cursor): Node | null {
  if (!cursor.isWord('extends')) return null
  cursor.at += 1
  if (cursor.kind() !== word || cursor.isWord('class') || cursor.isWord('import')) throw unclear
  let path: Node = cursor.isWord('null')
    ? { type: 'Literal', start: 0, end: 0, value: null }
    : identifier(cursor.text())
  cursor.at += 1
  for (let names = 1; cursor.kind() === '.'; names += 1) {
    cursor.at += 1
    if (cursor.kind() !== word || names > longestPath) throw unclear
    path = { type: 'MemberExpression', start: 0, end: 0, object: path, property: identifier(cursor.text()) }
    cursor.at += 1
  }
  return path
}
