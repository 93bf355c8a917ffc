/** Reads what a program under `fixtures/` says of itself: its verdicts, and how it wants to be run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** One stated finding, as `<kind> <name> at <file>:<line>`: the form in which a finding is compared to it. */
export type Verdict = string

export interface Fixture {
  /** Relative to `fixtures/`: `timers/interval-never-cleared.js`. */
  name: string
  file: string
  clean: boolean
  /** Its fixed twin, or for a clean one the leak; `null` where there is none. */
  twin: string | null
  flags: string[]
  /** The oldest Node that can run it, `[major, minor]`. */
  since: readonly [number, number]
  /** Its verdict needs the stack of a timeout, for which no budget is left where thousands come and go. */
  needsTimeoutStack: boolean
  /** The server that it speaks to; `null`: none. */
  service: string | null
  /** The grace time, in milliseconds; `null`: so long that none is cut off. */
  graceMs: string | null
  /** What the finding says to write; `null`: it is not stated. */
  fix: string | null
  leaks: Verdict[]
  warnings: Verdict[]
  /** It says that there are no other warnings than these. */
  hasNoOthers: boolean
}

const program = /\.[cm]?[jt]s$/
/** Laid out in another way, and tested elsewhere. */
const elsewhere = new Set([
  'incident',
  'both-ways',
  'parts',
  'ownership-matrix',
  'assertions',
  'suites',
  'chains',
  'healthy',
  'libraries',
])

/** Every program of the museum; `parts/` are not programs. */
export function readFixtures(root: string): Fixture[] {
  const subjects = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !elsewhere.has(entry.name),
  )
  return subjects.flatMap(({ name }) => fixturesOf(root, name))
}

/** Those of one subject. */
export function fixturesOf(root: string, subject: string): Fixture[] {
  return readdirSync(join(root, subject))
    .filter((name) => program.test(name))
    .map((name) => readFixture(root, `${subject}/${name}`))
}

function readFixture(root: string, name: string): Fixture {
  const file = join(root, name)
  const text = readFileSync(file, 'utf8')
  const sources = mappedSources(file, text) ?? [{ file, text }]
  const clean = /\.clean\.\w+$/.test(name)
  const twin = clean ? file.replace(/\.clean(\.\w+)$/, '$1') : file.replace(/(\.\w+)$/, '.clean$1')
  const [major = '0', minor = '0'] = header(text, 'node')?.replace('>=', '').split('.') ?? []
  if (clean && !sources.some((source) => source.text.startsWith('// clean\n'))) {
    throw new Error(`Expected \`// clean\` as the first line of ${name}`)
  }
  return {
    name,
    file,
    clean,
    twin: existsSync(twin) ? twin : null,
    flags: header(text, 'flags')?.split(' ') ?? [],
    since: [Number(major), Number(minor)],
    needsTimeoutStack: header(text, 'needs') === 'the stack of a timeout',
    service: header(text, 'service') ?? null,
    graceMs: header(text, 'grace') ?? null,
    fix: header(text, 'fix') ?? null,
    leaks: sources.flatMap((source) => verdicts(source, 'leak')),
    warnings: sources.flatMap((source) => verdicts(source, 'warning')),
    hasNoOthers: header(text, 'warnings') === 'no others',
  }
}

function header(text: string, key: string): string | undefined {
  return new RegExp(`^// ${key}: (.+)$`, 'm').exec(text)?.[1]
}

interface Source {
  file: string
  text: string
}

function verdicts({ file, text }: Source, severity: string): Verdict[] {
  const stated = new RegExp(`// ${severity}: (\\S+) (.+)$`)
  return text.split('\n').flatMap((line, index) => {
    const match = stated.exec(line)
    return match === null ? [] : [verdict(match[1] ?? '', match[2] ?? '', { file, line: index + 1 })]
  })
}

/** How a finding and a stated verdict are both written; `site` is `null` where the finding has none. */
export function verdict(kind: string, name: string, site: { file: string; line: number } | null): Verdict {
  return `${kind} ${name} at ${site === null ? 'no place' : `${basename(site.file)}:${site.line}`}`
}

/** The sources of a compiled program: only they have the comments. */
function mappedSources(file: string, text: string): Source[] | null {
  const url = /^\/\/# sourceMappingURL=(.+)$/m.exec(text)?.[1]
  if (url === undefined) return null
  const inline = /^data:.*?;base64,(.+)$/.exec(url)?.[1]
  const json = inline === undefined ? readFileSync(join(dirname(file), url), 'utf8') : atob(inline)
  const map = JSON.parse(json) as { sources: string[]; sourcesContent?: string[] }
  return map.sources.map((source, index) => {
    const path = resolve(dirname(file), source)
    return { file: path, text: map.sourcesContent?.[index] ?? readFileSync(path, 'utf8') }
  })
}
