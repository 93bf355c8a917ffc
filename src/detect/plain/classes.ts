/**
 * Finds the classes of plainly written files without a parser: loading that takes longer than all the rest of a program's
 * start, for a class of five lines. Gives what the parser's tree has of a class, or `null` where it takes more than a look:
 * then the file is parsed. Both ways come to the same insertions, which a test compares file by file.
 */
import { classInsertions } from '../find-classes.ts'
import type { Insertion } from '../injection.ts'
import { lineIndex, type Node, Visited } from '../syntax.ts'
import { Cursor } from './cursor.ts'
import { identifier, readMember } from './member.ts'
import { ObjectVerbs } from './object-verbs.ts'
import { Outside } from './outside.ts'
import { notPlain, unclear, word } from './texts.ts'
import { tokensOf } from './tokens.ts'

/** Beyond this, a parser's start is the lesser part. */
const longest = 200_000

/** What to insert, in the order of offsets; `null`: the file has to be parsed. */
export function plainInsertions(source: string, file: string): Insertion[] | null {
  const classes = source.length > longest || notPlain.test(source) ? null : readClasses(source)
  if (classes === null) return null
  const lineOf = lineIndex(source)
  return classes.flatMap((node) => {
    const lines = { file, line: lineOf(node.start), endLine: lineOf(node.end - 1) }
    return classInsertions(new Visited(node, null), source, file, (name) => ({ name, ...lines }))
  })
}

/** Class declarations as syntax nodes, as far as `classInsertions` looks at them. */
function readClasses(source: string): Node[] | null {
  const verbs = new ObjectVerbs()
  const outside = new Outside(source, verbs)
  const found: Node[] = []
  try {
    for (let at = outside.nextClass(); at >= 0; at = outside.nextClass()) {
      const node = readClass(new Cursor(tokensOf(source, at), verbs))
      found.push(node)
      outside.goOn(node.end)
    }
  } catch (error) {
    if (error === unclear) return null
    throw error
  }
  return verbs.areBoth ? null : found
}

function readClass(cursor: Cursor): Node {
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

const longestPath = 16
/** Words that are no name where a base begins. */
const notNames = new Set(['class', 'import', 'super', 'new'])

function readSuperClass(cursor: Cursor): Node | null {
  if (!cursor.isWord('extends')) return null
  cursor.at += 1
  if (cursor.kind() !== word || notNames.has(cursor.text())) throw unclear
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
