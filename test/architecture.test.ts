import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/** Which part may import which; a part is a folder, or a file beside the folders. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  judge: ['core'],
  report: ['core', 'judge', 'settings', 'version'],
  detect: ['core'],
  presence: ['core', 'report'],
  triggers: ['core', 'presence', 'report', 'reporter', 'settings', 'tree'],
  tree: ['baseline', 'core', 'report', 'settings'],
  baseline: ['judge', 'report', 'settings'],
  cli: [
    'baseline',
    'core',
    'is-off',
    'judge',
    'presence',
    'report',
    'setting-values',
    'settings',
    'tree',
    'version',
  ],
  'is-off': [],
  version: [],
  'config-file': [],
  'setting-values': ['judge'],
  settings: ['config-file', 'core', 'is-off', 'judge', 'setting-values'],
  'leak-error': ['report'],
  'second-opinion': ['core'],
  track: ['core', 'detect'],
  told: ['core', 'judge', 'report'],
  checker: ['core', 'judge', 'report', 'told'],
  reporter: ['checker', 'core', 'detect', 'judge', 'report', 'second-opinion', 'settings'],
  api: ['core', 'judge', 'leak-error', 'report', 'reporter', 'runners', 'track'],
  runners: [
    'api',
    'baseline',
    'core',
    'detect',
    'idle',
    'install',
    'is-off',
    'judge',
    'own-modules',
    'report',
    'reporter',
    'settings',
    'tree',
  ],
  'node-test': ['api', 'own-modules', 'runners'],
  mocha: ['api', 'own-modules', 'runners'],
  vitest: ['api', 'own-modules', 'runners'],
  jest: ['api', 'runners'],
  idle: ['api', 'report', 'track'],
  install: [
    'api',
    'core',
    'detect',
    'idle',
    'report',
    'reporter',
    'runners',
    'second-opinion',
    'settings',
    'tree',
    'triggers',
  ],
  'own-modules': [],
  index: ['api', 'idle', 'install', 'is-off', 'judge', 'leak-error', 'own-modules', 'report', 'track'],
}

const builtinsOnly = new Set(['core', 'judge', 'settings', 'config-file', 'setting-values', 'is-off'])

interface Import {
  file: string
  from: string
  to: string
}

function imports(): Import[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.m?ts$/.test(file),
  )
  return files.flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8')
    const named = [...text.matchAll(/(?:from |import\()'([^']+)'/g)].map((match) => match[1] as string)
    return named.map((name) => ({
      file: file.split(sep).join('/'),
      from: partOf(file),
      to: name.startsWith('.')
        ? partOf(relative(source, join(source, dirname(file), name)))
        : packageName(name),
    }))
  })
}

/** A package may be called as a part is. */
function packageName(name: string): string {
  return name.startsWith('node:') ? name : `npm:${name}`
}

function partOf(file: string): string {
  return (file.split(sep)[0] as string).replace(/\.m?[jt]s$/, '')
}

/** Without its comments. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

describe('the arrows between the parts', () => {
  const all = imports()

  it('finds the imports', () => {
    expect(all.length).toBeGreaterThan(200)
  })

  it('point one way', () => {
    const wrong = all.filter(({ from, to }) => to in arrows && to !== from && !arrows[from]?.includes(to))
    expect(wrong).toEqual([])
  })

  it('every part is in the table', () => {
    const parts = new Set(all.map(({ from }) => from))
    expect([...parts].filter((part) => !(part in arrows))).toEqual([])
  })

  it('nothing in the table is missing from the code', () => {
    const used = new Set(all.map(({ from, to }) => `${from} -> ${to}`))
    const unused = Object.entries(arrows).flatMap(([from, targets]) =>
      targets.map((to) => `${from} -> ${to}`).filter((arrow) => !used.has(arrow)),
    )
    expect(unused).toEqual([])
  })

  it('the hot path and the settings import nothing but Node', () => {
    const foreign = all.filter(
      ({ from, to }) => builtinsOnly.has(from) && !to.startsWith('node:') && !(to in arrows),
    )
    expect(foreign).toEqual([])
  })

  it('the core does no I/O', () => {
    const io = ['node:fs', 'node:net', 'node:http', 'node:child_process', 'node:worker_threads']
    expect(all.filter(({ from, to }) => from === 'core' && io.includes(to))).toEqual([])
  })

  it('only the settings read the environment', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('ts'),
    )
    const readers = files.filter((file) => /process\.env\b/.test(codeOf(join(source, file))))
    // They hand it to `readSettings` and `isOff`; `index` looks for its own name in `NODE_OPTIONS`,
    // `node-test-setup` for what node:test tells its processes.
    expect(readers.sort()).toEqual([
      'cli/surroundings.ts',
      'index.mts',
      'install.ts',
      'runners/installed.ts',
      'runners/node-test-setup.ts',
    ])
  })
})
