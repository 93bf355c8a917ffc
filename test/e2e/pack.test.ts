import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { installPacked, node, type Packed, run } from './packed.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
const [major = 0, minor = 0] = version.split('.').map(Number)
const stripsTypes = major > 22 || (major === 22 && minor >= 18)
/** Without it, tsx's hook reads and compiles a `.cts` main file itself, past a hook that was there before. */
const hasSyncHooks = major > 22 || (major === 22 && minor >= 15)

/** An interface and a blank line first: what is compiled has its lines elsewhere. */
const typescript = `interface Ticking { start(): void; stop(): void }

class Feed implements Ticking {
  timer: ReturnType<typeof setInterval> | undefined
  start(): void {
    this.timer = setInterval(() => this.timer, 1000)
  }
  stop(): void {
    clearInterval(this.timer)
  }
}
const feed: Ticking = new Feed()
feed.start()
`
const javascript = `class Feed {
  start() {
    this.timer = setInterval(() => this.timer, 1000)
  }
  stop() {
    clearInterval(this.timer)
  }
}
const feed = new Feed()
feed.start()
`
const exit = 'setTimeout(() => process.exit(), 50)\n'
const stop = 'feed.stop()\n'

let packed: Packed
let folder = ''

beforeAll(() => {
  packed = installPacked(['tsx@4', 'typescript@5.9', '@types/node@20'])
  folder = packed.folder
  for (const extension of ['mjs', 'cjs']) write(extension, javascript)
  for (const extension of ['mts', 'cts', 'ts']) write(extension, typescript)
})

afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

function write(extension: string, text: string): void {
  writeFileSync(join(folder, `leaking.${extension}`), text + exit)
  writeFileSync(join(folder, `clean.${extension}`), text + stop + exit)
}

/** The findings printed, as `<kind> <name> at <file>:<line>`; what else is on stderr as it is. */
function printed(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => line !== '')
  return lines.flatMap((line) => {
    if (!line.startsWith('{')) return [line]
    const { event, kind, severity, name, site } = JSON.parse(line)
    // A tool's own socket is a warning.
    return event === 'leakwatch.finding' && severity === 'leak'
      ? [`${kind} ${name} at ${site === null ? 'no place' : `${basename(site.file)}:${site.line}`}`]
      : []
  })
}

const ways: readonly { title: string; flags: string[]; file: string; line: number; skip?: boolean }[] = [
  { title: 'an ES module', flags: ['--import', 'leakwatch'], file: '.mjs', line: 10 },
  { title: 'a CommonJS program', flags: ['--import', 'leakwatch'], file: '.cjs', line: 10 },
  { title: 'an ES module, by `--require`', flags: ['--require', 'leakwatch'], file: '.mjs', line: 10 },
  { title: 'a CommonJS program, by `--require`', flags: ['--require', 'leakwatch'], file: '.cjs', line: 10 },
  {
    title: 'TypeScript by Node, by `--require`',
    flags: ['--require', 'leakwatch'],
    file: '.mts',
    line: 13,
    skip: !stripsTypes,
  },
  {
    title: 'TypeScript by Node, CommonJS, by `--require`',
    flags: ['--require', 'leakwatch'],
    file: '.cts',
    line: 13,
    skip: !stripsTypes,
  },
  {
    title: 'tsx, by `--require`',
    flags: ['--require', 'leakwatch', '--import', 'tsx'],
    file: '.mts',
    line: 13,
  },
  {
    title: 'tsx, CommonJS, by `--require`',
    flags: ['--require', 'leakwatch', '--require', 'tsx/cjs'],
    file: '.ts',
    line: 13,
  },
  {
    title: 'TypeScript by Node',
    flags: ['--import', 'leakwatch'],
    file: '.mts',
    line: 13,
    skip: !stripsTypes,
  },
  {
    title: 'TypeScript by Node, CommonJS',
    flags: ['--import', 'leakwatch'],
    file: '.cts',
    line: 13,
    skip: !stripsTypes,
  },
  { title: 'tsx after', flags: ['--import', 'leakwatch', '--import', 'tsx'], file: '.mts', line: 13 },
  { title: 'tsx before', flags: ['--import', 'tsx', '--import', 'leakwatch'], file: '.mts', line: 13 },
  {
    title: 'tsx after, CommonJS',
    flags: ['--import', 'leakwatch', '--import', 'tsx'],
    file: '.ts',
    line: 13,
  },
  {
    title: 'tsx before, CommonJS',
    flags: ['--import', 'tsx', '--import', 'leakwatch'],
    file: '.ts',
    line: 13,
  },
  {
    title: 'tsx after, .cts',
    flags: ['--import', 'leakwatch', '--import', 'tsx'],
    file: '.cts',
    line: 13,
    skip: !hasSyncHooks,
  },
  { title: 'tsx before, .cts', flags: ['--import', 'tsx', '--import', 'leakwatch'], file: '.cts', line: 13 },
]

describe(`the tarball, installed, on Node ${version}`, () => {
  it('has what is needed to run it and no more', () => {
    // What the README links to is there, too.
    const others = packed.files.filter(
      (path) => !/^(?:dist\/.+\.([cm]?js|d\.[cm]?ts)|(?:src|test\/bench)\/(?:.+\/)?README\.md)$/.test(path),
    )
    expect(others).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/leakwatch.js',
      'dist/cli/console/terminal.LICENSES.txt',
      'dist/cli/monitoring/elastic-template.json',
      'dist/cli/monitoring/grafana-dashboard.json',
      'dist/cli/monitoring/kubernetes.yml',
      'dist/cli/monitoring/prometheus-rules.yml',
      'dist/config-schema.json',
      'dist/package.json',
      'package.json',
    ])
    expect(packed.files).toEqual(
      expect.arrayContaining([
        'dist/index.mjs',
        'dist/index.cjs',
        'dist/index.d.mts',
        'dist/index.d.cts',
        'src/README.md',
        'src/cli/README.md',
      ]),
    )
  })

  for (const { title, flags, file, line, skip = false } of ways) {
    it.skipIf(skip)(`names the engine of a leaking program: ${title}`, async () => {
      const { ending, stderr } = await run([...flags, `leaking${file}`], folder)
      expect(printed(stderr)).toEqual([`never-stopped Feed at leaking${file}:${line}`])
      // A compiler that hooks `require` makes copies of leakwatch's modules.
      expect(stderr).toContain('"engines":{"started":1,"stopped":0,"failed":0,"running":1}')
      expect(ending).toBe(0)
    })

    it.skipIf(skip)(`is silent about a clean program: ${title}`, async () => {
      const { ending, stderr } = await run([...flags, `clean${file}`], folder)
      expect({ ending, stderr }).toEqual({ ending: 0, stderr: '' })
    })
  }

  it('names the source line of a program compiled with source maps', async () => {
    const tsc = join(folder, 'node_modules/typescript/bin/tsc')
    const options = [
      '--sourceMap',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--outDir',
      'out',
    ]
    expect(await run([tsc, ...options, 'leaking.mts', 'clean.cts'], folder)).toMatchObject({
      ending: 0,
      stdout: '',
    })
    expect(readFileSync(join(folder, 'out/leaking.mjs'), 'utf8')).not.toContain('interface')
    const leaking = await run(['--import', 'leakwatch', 'out/leaking.mjs'], folder)
    expect(printed(leaking.stderr)).toEqual(['never-stopped Feed at leaking.mts:13'])
    expect((await run(['--import', 'leakwatch', 'out/clean.cjs'], folder)).stderr).toBe('')
  })

  it('has types', async () => {
    const program = `import { assertNoLeaks, type Report, report, track } from 'leakwatch'
import { collect as meters } from 'leakwatch/otel'
import { collect } from 'leakwatch/prometheus'
const undo: () => void = collect()
undo()
// @ts-expect-error: nothing of a provider's
meters({})
const made: Report = await report()
const clock: { close(): void } = track({ close() {} }, { name: 'clock' })
await assertNoLeaks({ graceMs: made.summary.leaks })
// @ts-expect-error: a name is a text
track(clock, { name: 1 })
`
    writeFileSync(join(folder, 'types.mts'), program)
    const tsc = join(folder, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node']
    expect(await run([tsc, ...options, 'types.mts'], folder)).toEqual({ ending: 0, stdout: '', stderr: '' })
  })

  it('can be required from CommonJS', async () => {
    const program = `const { track } = require('leakwatch')
track({ close() {} }, { name: 'clock' })
`
    writeFileSync(join(folder, 'required.cjs'), program)
    const { ending, stderr } = await run(['required.cjs'], folder)
    expect(printed(stderr)).toEqual(['never-stopped clock at required.cjs:2'])
    expect(ending).toBe(0)
  })

  it('says in one line that there is no prom-client, and the program goes on', async () => {
    writeFileSync(join(folder, 'alone.mjs'), "import 'leakwatch/prometheus'\nconsole.log('on')\n")
    for (const way of ['--import', '--require']) {
      const { ending, stdout, stderr } = await run([way, 'leakwatch', 'alone.mjs'], folder)
      expect({ ending, stdout }).toEqual({ ending: 0, stdout: 'on\n' })
      expect(stderr).toMatch(/^LEAKWATCH_METRICS_CLIENT: expected the package `prom-client` [^\n]*\n$/)
    }
  })

  it('installs once: preloaded, imported, required, and from a second copy', async () => {
    const copy = join(folder, 'other/node_modules/leakwatch')
    mkdirSync(copy, { recursive: true })
    cpSync(join(folder, 'node_modules/leakwatch'), copy, { recursive: true })
    const program = `import { createRequire } from 'node:module'
import { LeakError, track } from 'leakwatch'
const other = await import('./other/node_modules/leakwatch/dist/index.mjs')
const required = createRequire(import.meta.url)('leakwatch')
console.log(other.track === track, required.track === track, required.LeakError === LeakError)
track({ close() {} }, { name: 'clock' })
`
    writeFileSync(join(folder, 'twice.mjs'), program)
    for (const flags of [
      [],
      ['--import', 'leakwatch'],
      ['--require', 'leakwatch'],
      ['--require', 'leakwatch', '--import', 'leakwatch'],
      ['--import', './other/node_modules/leakwatch/dist/index.mjs'],
      ['--require', './other/node_modules/leakwatch/dist/index.cjs'],
    ]) {
      const { stdout, stderr } = await run([...flags, 'twice.mjs'], folder)
      expect(stdout).toBe('true true true\n')
      expect(printed(stderr)).toEqual(['never-stopped clock at twice.mjs:6'])
    }
  })

  it('loads nothing with LEAKWATCH=off', async () => {
    const loadedWith = async (setting: string) => {
      const coverage = join(folder, `coverage-${setting}`)
      const env = { LEAKWATCH: setting, NODE_V8_COVERAGE: coverage }
      const { stderr } = await run(['--import', 'leakwatch', 'leaking.mjs'], folder, env)
      return {
        stderr,
        files: scripts(coverage).filter((file) => file.startsWith(join(folder, 'node_modules'))),
      }
    }
    const off = await loadedWith('off')
    expect(off.stderr).toBe('')
    expect(off.files.map((file) => file.slice(join(folder, 'node_modules/').length))).toEqual(
      ['api/off-api.js', 'index.mjs', 'packaging/own-modules.mjs', 'start.js'].map(
        (name) => `leakwatch/dist/${name}`,
      ),
    )
    const on = (await loadedWith('on')).files.map((file) => file.slice(join(folder, 'node_modules/').length))
    const watching = ['preload', 'engines', 'judging', 'composing'].map((name) => `leakwatch/dist/${name}.js`)
    expect(on).toEqual(expect.arrayContaining(watching))
  })
})

/** Every file that V8 ran, as the coverage in `folder` has it. */
function scripts(folder: string): string[] {
  const results = readdirSync(folder).flatMap(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).result as { url: string }[],
  )
  const urls = results.map(({ url }) => url).filter((url) => url.startsWith('file:'))
  return [...new Set(urls.map((url) => fileURLToPath(url)))].sort()
}
