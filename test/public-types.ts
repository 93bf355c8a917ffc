/** Reads the declarations that the build has written: what each entry exports, and every type that this leads to. */
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** One file of declarations. */
interface Declarations {
  text: string
  /** Its statements, imports apart. */
  statements: Node[]
  /** Statements by the name that each declares. */
  byName: Map<string, Node>
  /** Names that come from another file of the package. */
  imported: Map<string, Reference>
  comments: readonly { start: number; end: number }[]
}

/** `name` is `null`: all that the file exports. */
interface Reference {
  file: string
  name: string | null
}

/** `entries`: by what users import, the file of each in `folder`. The text is the same for the same types. */
export function publicTypes(folder: string, entries: Readonly<Record<string, string>>): string {
  const files = new Map<string, Declarations>()
  const fileAt = (file: string): Declarations => {
    const known = files.get(file) ?? readDeclarations(folder, file)
    files.set(file, known)
    return known
  }
  const found = new Map<string, string>()
  const seen = new Set<Node>()
  const follow = (file: string, statement: Node): void => {
    if (seen.has(statement)) return
    seen.add(statement)
    for (const reference of referencesOf(fileAt(file), file, statement)) include(reference)
  }
  const include = ({ file, name }: Reference): void => {
    const declarations = fileAt(file)
    if (name === null) {
      for (const each of declarations.byName.keys()) include({ file, name: each })
      return
    }
    const elsewhere = declarations.imported.get(name)
    const statement = declarations.byName.get(name)
    if (statement === undefined) {
      if (elsewhere === undefined)
        throw new Error(`expected \`${file}\` to declare \`${name}\`; got nothing of that name`)
      include(elsewhere)
      return
    }
    follow(file, statement)
    // It stands in its own section.
    if (Object.values(entries).includes(file)) return
    const text = textOf(declarations, statement)
    if ((found.get(name) ?? text) !== text)
      throw new Error(`expected one type of the name \`${name}\`; got two`)
    found.set(name, text)
  }
  const sections = Object.entries(entries).map(([name, file]) => {
    const declarations = fileAt(file)
    for (const statement of declarations.statements) follow(file, statement)
    return section(
      name,
      declarations.statements.map((each) => textOf(declarations, each)),
    )
  })
  const others = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  return [...sections, section('Types that these lead to', others)].join('\n')
}

function section(title: string, texts: readonly string[]): string {
  return `## ${title}\n\n\`\`\`ts\n${texts.join('\n')}\n\`\`\`\n`
}

function readDeclarations(folder: string, file: string): Declarations {
  const text = readFileSync(`${folder}/${file}`, 'utf8')
  const { program, comments } = parseSync(file, text)
  const declarations: Declarations = {
    text,
    statements: [],
    byName: new Map(),
    imported: new Map(),
    comments,
  }
  for (const statement of program.body as unknown as Node[]) {
    const source = (statement.source as { value: string } | null | undefined)?.value
    if (source?.startsWith('.')) {
      for (const each of statement.specifiers as Node[]) {
        const local = nameIn(each.local) ?? ''
        const reference = { file: fileOf(file, source), name: nameIn(each.imported) ?? local }
        declarations.imported.set(local, reference)
      }
    }
    if (statement.type === 'ImportDeclaration') continue
    if (
      statement.type === 'ExportNamedDeclaration' &&
      (statement.specifiers as Node[]).length === 0 &&
      !statement.declaration
    )
      continue
    declarations.statements.push(statement)
    for (const name of namesOf(statement)) declarations.byName.set(name, statement)
  }
  return declarations
}

function namesOf(statement: Node): string[] {
  const declared = (statement.declaration ?? statement) as Node
  if (declared.type === 'VariableDeclaration')
    return (declared.declarations as Node[]).map(({ id }) => nameIn(id) ?? '')
  return [nameIn(declared.id)].filter((name) => name !== undefined)
}

/** What `statement` needs of its own file and of others. */
function referencesOf({ byName, imported }: Declarations, file: string, statement: Node): Reference[] {
  const references: Reference[] = []
  const visit = (node: Node): void => {
    if (node.type === 'TSImportType') {
      const source = (node.source ?? node.argument) as { value?: string; literal?: { value: string } }
      const path = source.value ?? source.literal?.value ?? ''
      if (path.startsWith('.'))
        references.push({ file: fileOf(file, path), name: nameIn(node.qualifier) ?? null })
    }
    const name = node.type === 'Identifier' ? (node.name as string) : undefined
    if (name !== undefined && imported.has(name)) references.push(imported.get(name) as Reference)
    else if (name !== undefined && byName.has(name)) references.push({ file, name })
    for (const [key, value] of Object.entries(node)) {
      // The name of a member is no reference.
      if ((key === 'key' && node.computed !== true) || key === 'qualifier') continue
      for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) visit(each)
    }
  }
  visit(statement)
  return references
}

function isNode(value: unknown): value is Node {
  return typeof (value as Node | null | undefined)?.type === 'string'
}

function nameIn(node: unknown): string | undefined {
  return (node as { name?: string } | null | undefined)?.name
}

/** `./api/api.ts`, as a declaration names it, is in `api/api.d.ts`. */
function fileOf(from: string, path: string): string {
  return posix.join(posix.dirname(from), path).replace(/\.([mc]?)ts$/, '.d.$1ts')
}

/** Without comments, and without the folders of files. */
function textOf({ text, comments }: Declarations, { start, end }: Node): string {
  let plain = ''
  let at = start
  for (const comment of comments) {
    if (comment.start < start || comment.end > end) continue
    plain += text.slice(at, comment.start)
    at = comment.end
  }
  plain += text.slice(at, end)
  return plain
    .replace(/^[ \t]*\n/gm, '')
    .replace(/import\(["'](?:\.{1,2}\/)+(?:[\w-]+\/)*([\w-]+)\.[mc]?ts["']\)/g, "import('$1')")
    .replace(/ from ["']\.[^"']*["']/g, '')
    .replace(/^( +)/gm, (spaces) => ' '.repeat(spaces.length / 2))
}
