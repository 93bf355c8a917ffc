/**
 * Finds the classes of plainly written files without a parser: loading that takes longer than all the rest of a program's
 * start, for a class of five lines. Gives what the parser's tree has of a class, or `null` where it takes more than a look:
 * then the file is parsed. Both ways come to the same insertions, which a test compares file by file.
 */
import { classInsertions } from '../find-classes.ts'
import type { Insertion } from '../injection.ts'
import { lineIndex, type Node, Visited } from '../syntax.ts'
import { Code } from './code.ts'
import { Cursor } from './cursor.ts'
import { identifier, readMember } from './member.ts'
import { ObjectVerbs } from './object-verbs.ts'
import { type ClassPlace, Outside } from './outside.ts'
import { PrototypeStatements } from './prototype-statements.ts'
import { Prototypes } from './prototypes.ts'
import { notPlain, unclear, word } from './texts.ts'
import { tokensOf } from './tokens.ts'

/** Beyond this, a parser's start is the lesser part. */
const longest = 200_000

/** What to insert, in the order of offsets; `null`: the file has to be parsed. */
export function plainInsertions(source: string, file: string): Insertion[] | null {
  const prototypes = new Prototypes()
  const classes = source.length > longest || notPlain.test(source) ? null : readClasses(source, prototypes)
  if (classes === null) return null
  const lineOf = lineIndex(source)
  const insertions = classes.flatMap((visited) => {
    const { node } = visited
    const lines = { file, line: lineOf(node.start), endLine: lineOf(node.end - 1) }
    return classInsertions(visited, source, file, (name) => ({ name, ...lines }))
  })
  return [...insertions, ...prototypes.insertions(source, file, lineOf)].sort((a, b) => a.at - b.at)
}

/** Classes as syntax nodes, as far as `classInsertions` looks at them. */
function readClasses(source: string, prototypes: Prototypes): Visited[] | null {
  const verbs = new ObjectVerbs(source)
  const code = new Code(source)
  const outside = new Outside(code, verbs, new PrototypeStatements(code, prototypes))
  const found: Visited[] = []
  try {
    for (let place = outside.nextClass(); place !== null; place = outside.nextClass()) {
      const visited = readClass(new Cursor(tokensOf(source, place.at), verbs), place)
      found.push(visited)
      outside.goOn(visited.node.end)
    }
  } catch (error) {
    if (error === unclear) return null
    throw error
  }
  return verbs.areBoth ? null : found
}

function readClass(cursor: Cursor, { givenTo, isDefault }: ClassPlace): Visited {
  const start = cursor.startOf()
  cursor.at += 1
  const id = readName(cursor)
  if (id === null && givenTo === null && !isDefault) throw unclear
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
  const type = givenTo === null ? 'ClassDeclaration' : 'ClassExpression'
  const node = { type, start, end, id, superClass, body, decorators: [] }
  return new Visited(node, parentOf(givenTo, isDefault))
}

function readName(cursor: Cursor): Node | null {
  if (cursor.kind() !== word || cursor.isWord('extends')) return null
  cursor.at += 1
  return identifier(cursor.text(-1))
}

/** What names a class that has no name of its own. */
function parentOf(givenTo: string | null, isDefault: boolean): Visited | null {
  const nowhere = { start: 0, end: 0 }
  if (givenTo !== null)
    return new Visited(
      { type: 'AssignmentExpression', ...nowhere, left: member(givenTo.trim().split('.')) },
      null,
    )
  return isDefault ? new Visited({ type: 'ExportDefaultDeclaration', ...nowhere }, null) : null
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
    path = member([cursor.text()], path)
    cursor.at += 1
  }
  return path
}

/** `a.b.c`; `of`: what it begins with. */
function member(names: readonly string[], of: Node | null = null): Node {
  return names.reduce<Node | null>((object, name) => {
    const property = name === 'this' ? { type: 'ThisExpression', start: 0, end: 0 } : identifier(name)
    return object === null ? property : { type: 'MemberExpression', start: 0, end: 0, object, property }
  }, of) as Node
}
