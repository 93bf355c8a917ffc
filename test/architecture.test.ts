import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { handleTypes } from '../src/core/handles/handle-types.ts'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/**
 * Which folder may use which, the most basic first. Each stands here once. The files in `src/` itself are `install`, which the
 * runners' integrations call, and the entries, which nothing uses.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'report/secrets': [],
  errors: ['report/secrets'],
  'core/self': [],
  'core/time': ['core/self'],
  'core/stacks': ['core/self', 'core/time'],
  'core/records': ['core/self', 'core/stacks'],
  'core/engines': ['core/records', 'core/self', 'core/stacks', 'core/time'],
  'core/ownership': ['core/engines', 'core/records', 'core/stacks', 'core/time'],
  'core/promises': ['core/records', 'core/self', 'core/time'],
  'core/handles': [
    'core/engines',
    'core/ownership',
    'core/promises',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
  ],
  core: [
    'core/engines',
    'core/handles',
    'core/ownership',
    'core/promises',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
  ],
  'settings/early': ['errors'],
  cache: ['settings/early'],
  'detect/source': [],
  'detect/libraries': [],
  'detect/lifecycle': [
    'core/engines',
    'core/handles',
    'core/ownership',
    'core/promises',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
    'detect/libraries',
    'detect/source',
  ],
  'judge/siblings': ['core/records', 'core/time'],
  'judge/kinds': [
    'core',
    'core/engines',
    'core/handles',
    'core/ownership',
    'core/records',
    'core/self',
    'core/stacks',
    'judge/siblings',
  ],
  'report/words/kinds': ['judge/kinds'],
  judge: ['core', 'core/handles', 'core/records', 'core/self', 'core/stacks', 'core/time', 'judge/kinds'],
  'detect/node': [
    'core/engines',
    'core/handles',
    'core/ownership',
    'core/promises',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
    'detect/lifecycle',
  ],
  'detect/transform': ['cache', 'core/self', 'core/stacks', 'detect/libraries', 'detect/source'],
  'detect/loader': ['core/self', 'core/stacks', 'detect/lifecycle', 'detect/node', 'detect/transform'],
  'report/schema': ['core/stacks', 'judge/kinds', 'report/secrets'],
  'report/sources': ['core/stacks', 'report/schema', 'report/secrets'],
  'report/words': ['report/schema', 'report/words/kinds'],
  'report/model': [
    'core',
    'core/engines',
    'core/records',
    'core/stacks',
    'core/time',
    'judge',
    'judge/kinds',
    'report/schema',
    'report/secrets',
    'report/sources',
    'report/words',
  ],
  packaging: ['cache', 'settings/early'],
  'report/page/client': [],
  'report/page': [
    'core/time',
    'report/model',
    'report/schema',
    'report/secrets',
    'report/sources',
    'report/words',
    'report/words/kinds',
  ],
  'report/formats': [
    'core/time',
    'judge/kinds',
    'packaging',
    'report/model',
    'report/page',
    'report/schema',
    'report/sources',
    'report/words',
    'report/words/kinds',
  ],
  settings: ['core/stacks', 'errors', 'judge', 'judge/kinds', 'report/formats', 'settings/early'],
  'report/output': ['core/time', 'errors', 'report/formats', 'report/schema', 'report/words', 'settings'],
  live: [
    'core',
    'core/engines',
    'core/handles',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
    'detect/loader',
    'detect/node',
    'detect/transform',
    'judge',
    'judge/kinds',
    'judge/siblings',
    'packaging',
    'report/formats',
    'report/model',
    'report/output',
    'report/schema',
    'report/secrets',
    'report/sources',
    'report/words',
    'settings',
  ],
  api: [
    'core',
    'core/engines',
    'core/handles',
    'core/ownership',
    'core/records',
    'core/self',
    'core/stacks',
    'detect/lifecycle',
    'detect/source',
    'errors',
    'judge',
    'live',
    'report/schema',
    'settings',
  ],
  'cli/console': [
    'core/time',
    'errors',
    'report/formats',
    'report/output',
    'report/schema',
    'report/secrets',
    'settings',
  ],
  'processes/presence': [
    'core/handles',
    'core/self',
    'core/time',
    'report/formats',
    'report/output',
    'report/schema',
  ],
  'cli/targets': ['errors', 'processes/presence', 'report/schema', 'settings/early'],
  'processes/baseline': ['errors', 'judge', 'report/schema', 'settings'],
  'processes/tree': ['core/self', 'core/time', 'processes/baseline', 'report/schema', 'settings'],
  'cli/run': [
    'cli/console',
    'cli/targets',
    'core/time',
    'errors',
    'judge',
    'packaging',
    'processes/baseline',
    'processes/tree',
    'report/formats',
    'report/model',
    'report/output',
    'report/schema',
    'report/secrets',
    'report/words',
    'settings',
  ],
  'cli/saved': ['errors', 'report/model', 'report/schema'],
  'cli/monitoring': [],
  'cli/top': [
    'cli/console',
    'cli/targets',
    'errors',
    'report/model',
    'report/output',
    'report/schema',
    'report/secrets',
    'report/words',
  ],
  cli: [
    'cli/console',
    'cli/monitoring',
    'cli/run',
    'cli/saved',
    'cli/targets',
    'cli/top',
    'core/time',
    'errors',
    'judge/kinds',
    'packaging',
    'report/formats',
    'report/model',
    'report/output',
    'report/schema',
    'report/secrets',
    'report/words',
    'report/words/kinds',
    'settings',
  ],
  metrics: [
    'api',
    'core/engines',
    'core/handles',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
    'detect/transform',
    'errors',
    'judge',
    'live',
    'packaging',
    'report/model',
    'report/output',
    'report/schema',
    'report/secrets',
    'report/sources',
    'report/words',
    'settings',
  ],
  triggers: [
    'cache',
    'core/engines',
    'core/handles',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
    'judge',
    'live',
    'metrics',
    'processes/presence',
    'processes/tree',
    'report/schema',
    'settings',
  ],
  install: [
    'api',
    'core/engines',
    'core/handles',
    'core/self',
    'core/stacks',
    'core/time',
    'detect/lifecycle',
    'detect/loader',
    'detect/node',
    'detect/source',
    'errors',
    'live',
    'processes/tree',
    'report/output',
    'report/schema',
    'settings',
    'triggers',
  ],
  'runners/session': [
    'api',
    'cache',
    'core',
    'core/engines',
    'core/handles',
    'core/ownership',
    'core/records',
    'core/self',
    'core/stacks',
    'core/time',
    'detect/lifecycle',
    'detect/source',
    'detect/transform',
    'errors',
    'install',
    'judge',
    'live',
    'processes/baseline',
    'processes/tree',
    'report/formats',
    'report/model',
    'report/output',
    'report/schema',
    'report/sources',
    'report/words',
    'settings',
    'settings/early',
  ],
  'runners/jest': ['api', 'core/self', 'packaging', 'runners/session'],
  'runners/mocha': ['api', 'core/self', 'report/output', 'runners/session'],
  'runners/node-test': ['api', 'core/self', 'core/stacks', 'core/time', 'report/output', 'runners/session'],
  'runners/vitest': [
    'api',
    'cache',
    'detect/transform',
    'errors',
    'packaging',
    'report/sources',
    'runners/session',
  ],
  entries: [
    'api',
    'install',
    'judge',
    'metrics',
    'packaging',
    'report/schema',
    ...readdirSync(join(source, 'runners'), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? `runners/${entry.name}` : [],
    ),
    'settings/early',
  ],
}

const packageText = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
/** What users import, as `package.json` says; the build makes `index.cjs`. */
const entries = new Set(
  [...packageText.matchAll(/"\.\/dist\/([\w-]+\.[cm]?)js"/g)]
    .map(([, stem]) => `${stem}ts`)
    .filter((file) => file !== 'index.cts'),
)

/** These import nothing but Node's own modules: every watched process loads them. */
const builtinsOnly = /^(?:core|judge|settings)\b/

interface Import {
  file: string
  from: string
  to: string
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.[cm]?ts$/.test(file))
  .map((file) => file.split(sep).join('/'))

/** Of a module: by an import, a `require`, or leakwatch's own loader. */
const naming = /(?:\bfrom |\bimport\(|\brequire\()'([^']+)'|\bownModule\(\s*'([^']+)'/g

function imports(): Import[] {
  return files.flatMap((file) =>
    [...codeOf(file).matchAll(naming)].map(([, name = '', own]) => ({
      file,
      from: folderOf(file),
      to: own !== undefined ? folderOf(own) : targetOf(file, name),
    })),
  )
}

function targetOf(file: string, name: string): string {
  if (name.startsWith('.')) return folderOf(posix.join(posix.dirname(file), name))
  // A package may be called as a folder is.
  return name.startsWith('node:') ? name : `npm:${name}`
}

function folderOf(file: string): string {
  const folder = posix.dirname(file)
  if (folder !== '.') return folder
  return file.startsWith('install.') ? 'install' : 'entries'
}

/** Without its comments. */
function codeOf(file: string): string {
  return readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

/** A way along the arrows that comes back to where it began; `null`: there is none. */
function circle(table: Readonly<Record<string, readonly string[]>>): string[] | null {
  const isClear = new Set<string>()
  const search = (folder: string, way: readonly string[]): string[] | null => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder]
    if (isClear.has(folder)) return null
    for (const target of table[folder] ?? []) {
      const found = search(target, [...way, folder])
      if (found !== null) return found
    }
    isClear.add(folder)
    return null
  }
  for (const folder of Object.keys(table)) {
    const found = search(folder, [])
    if (found !== null) return found
  }
  return null
}

describe('the arrows between the folders', () => {
  const all = imports()

  it('finds the imports', () => {
    expect(all.length).toBeGreaterThan(800)
    expect(new Set(all.map(({ file }) => posix.extname(file)))).toEqual(new Set(['.ts', '.mts', '.cts']))
  })

  it('form no circle', () => {
    expect(circle({ a: ['b'], b: ['c'], c: ['b'] })).toEqual(['b', 'c', 'b'])
    expect(circle(arrows)).toBeNull()
  })

  it('are those of the table', () => {
    const wrong = all.filter(({ from, to }) => to in arrows && to !== from && !arrows[from]?.includes(to))
    expect(wrong).toEqual([])
  })

  it('lead from and to folders that are all in the table', () => {
    const folders = new Set(files.map(folderOf))
    expect(Object.keys(arrows).sort()).toEqual([...folders].sort())
  })

  it('are all needed', () => {
    const used = new Set(all.map(({ from, to }) => `${from} -> ${to}`))
    const unused = Object.entries(arrows).flatMap(([from, targets]) =>
      targets.map((to) => `${from} -> ${to}`).filter((arrow) => !used.has(arrow)),
    )
    expect(unused).toEqual([])
  })

  it('leave `src/` itself to the entries and `install`', () => {
    const loose = files.filter((file) => !file.includes('/'))
    expect(loose.sort()).toEqual([...entries, 'install.ts'].sort())
  })

  it('from the hot path and the settings lead to Node alone', () => {
    const foreign = all.filter(
      ({ from, to }) => builtinsOnly.test(from) && !to.startsWith('node:') && !(to in arrows),
    )
    expect(foreign).toEqual([])
  })

  it('from the core lead to nothing that does I/O', () => {
    const io = ['node:fs', 'node:net', 'node:http', 'node:child_process', 'node:worker_threads']
    expect(all.filter(({ from, to }) => /^core\b/.test(from) && io.includes(to))).toEqual([])
  })

  it("only `core/engines/life.ts` writes an engine's life", () => {
    const writing =
      /\bas Living\b|\b(?:record|engine|owner|parent|child)\.(?:state|parent|startedAt|stoppedAt|started|stopped) = /
    expect(files.filter((file) => writing.test(codeOf(file)))).toEqual(['core/engines/life.ts'])
  })

  it('nobody else can: all of it is `readonly`, and who takes that off a record names what he writes', () => {
    const record = codeOf('core/records/engine-record.ts').split('interface EngineRecord')[1]?.split('\n}')[0]
    const writable = [...(record ?? '').matchAll(/^ {2}(\w+):/gm)].map(([, field]) => field)
    const life = [...codeOf('core/engines/life.ts').matchAll(/type LifeField =([^}]+?)\n\n/g)].join()
    expect(life).toContain("'state'")
    expect(writable.filter((field) => life.includes(`'${field}'`))).toEqual([])
    const takenOff = files.flatMap((file) =>
      [...codeOf(file).matchAll(/-readonly \[\w+ in ([^\]]+)\]/g)].map(([, fields]) => `${file}: ${fields}`),
    )
    expect(takenOff.sort()).toEqual([
      "core/engines/brief-lives.ts: 'startedAt' | 'traceId' | 'test'", // of what was taken before it had a record
      'core/engines/life.ts: LifeField',
      "core/engines/objects.ts: 'target'",
      'core/engines/record-engine.ts: keyof EngineRecord', // makes it
      "core/engines/start-place.ts: 'place' | 'stoppedPlaces'",
    ])
  })

  it('only the table of handles names their types', () => {
    const name = new RegExp(`['"](?:${[...handleTypes.keys()].join('|')})['"]`)
    expect(files.filter((file) => name.test(codeOf(file))).sort()).toEqual([
      'core/handles/handle-types.ts',
      'core/handles/socket-types.ts',
    ])
  })

  it('only the settings read the environment', () => {
    const readers = files.filter((file) => /process\.env\b/.test(codeOf(file)))
    // They hand it to `readSettings`, `isOff` and `openCache`; `index` looks for its own name in `NODE_OPTIONS`,
    // `node-test/setup` for what node:test tells its processes.
    expect(readers.sort()).toEqual([
      'cli/console/environment.ts',
      'index.mts',
      'install.ts',
      'packaging/own-modules.mts',
      'runners/node-test/setup.ts',
      'runners/session/installed.ts',
    ])
  })
})

describe('the unit tests', () => {
  const tests = readdirSync(new URL('./', import.meta.url), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.endsWith('.test.ts') && file.includes('/') && !/^(?:e2e|services)\//.test(file))

  it('stand where the file that they test stands in `src/`', () => {
    const tested = new Set(files.map((file) => file.replace(/\.[cm]?ts$/, '')))
    expect(tests.filter((file) => !tested.has(file.replace(/\.test\.ts$/, '')))).toEqual([])
  })
})
