import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const node = process.env.NODE_UNDER_TEST ?? process.execPath
const index = fileURLToPath(new URL('../dist/index.mjs', import.meta.url))
const required = fileURLToPath(new URL('../dist/index.cjs', import.meta.url))

/** Built-in modules and files that a preload loads, beside those of the bare process. */
function loadedBy(env: Record<string, string>): { builtins: string[]; packages: string[] } {
  const print = `console.log(JSON.stringify({ builtins: process.moduleLoadList, cjs: Object.keys(require.cache) }))`
  const run = (args: string[]) =>
    JSON.parse(
      execFileSync(node, [...args, '-e', print], { encoding: 'utf8', env: { ...process.env, ...env } }),
    )
  const bare = new Set(run(['--import', 'data:text/javascript,']).builtins as string[])
  const { builtins, cjs } = run(['--import', index]) as { builtins: string[]; cjs: string[] }
  return {
    builtins: builtins.filter((name) => !bare.has(name)),
    packages: cjs.filter((file) => file.includes('node_modules')),
  }
}

/** In bytes. */
function sizeOf(file: string): number {
  return statSync(new URL(`../dist/${file}`, import.meta.url)).size
}

/** leakwatch's own files that a process with these arguments runs, by their paths below `dist`. */
function filesOf(args: readonly string[], cache: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-budget-'))
  try {
    const env = { ...process.env, NODE_V8_COVERAGE: folder, LEAKWATCH_CACHE: cache }
    execFileSync(node, args, { env })
    const [coverage = ''] = readdirSync(folder)
    const { result } = JSON.parse(readFileSync(join(folder, coverage), 'utf8')) as {
      result: { url: string }[]
    }
    const dist = dirname(index)
    const paths = result.map(({ url }) => (url.startsWith('file:') ? fileURLToPath(url) : url))
    return paths
      .filter((path) => path.startsWith(dist))
      .map((path) => relative(dist, path))
      .sort()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('what the preload loads', () => {
  // Its modules are in one file, which is read and compiled at once: a kilobyte takes some 0.1 ms, how many modules it has does not matter.
  it('100 kB of its own at most, in 5 files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'leakwatch-budget-'))
    const [cold, first, , warm] = ['off', folder, folder, folder].map((cache) =>
      filesOf(['--import', index, '-e', '0'], cache),
    ) as [string[], string[], string[], string[]]
    rmSync(folder, { recursive: true })
    const entries = ['index.mjs', 'packaging/own-modules.mjs', 'preload.js', 'start.js']
    // What earlier Nodes need beside; and on a busy machine the process lives for a while.
    const isLater = (file: string) => ['older-node.js', 'node-engines.js', 'alive.js'].includes(file)
    // What others had not lived long enough for is kept.
    const isKept = (file: string, own: string[]) => file === 'keep.js' && own.includes('alive.js')
    for (const own of [cold, warm])
      expect(own.filter((file) => !isLater(file) && !isKept(file, own))).toEqual(entries)
    expect(first.filter((file) => !isLater(file) && !cold.includes(file))).toEqual(['keep.js'])
    expect(sizeOf('preload.js')).toBeLessThan(100_000)
    // What looks for V8's code of the others, and is compiled at each start.
    expect(sizeOf('start.js')).toBeLessThan(10_000)
    const byRequire = filesOf(['--require', required, '-e', '0'], 'off').filter((file) => !isLater(file))
    expect(byRequire).toEqual(['index.cjs', 'preload.js', 'start.js'])
  })

  it("few of Node's: none of streams, where the loader tells what the program asks for", () => {
    const version = execFileSync(node, ['-p', 'module.registerHooks !== undefined'], { encoding: 'utf8' })
    expect(loadedBy({}).builtins.length).toBeLessThanOrEqual(version.trim() === 'true' ? 30 : 70)
  })

  it('no package: pino, the parser and the like come when they are needed', () => {
    expect(loadedBy({}).packages).toEqual([])
  })

  it('none of the large modules of Node', () => {
    const large = /NativeModule (http|https|http2|child_process|crypto|inspector|zlib|internal\/crypto\/\w+)$/
    expect(loadedBy({}).builtins.filter((name) => large.test(name))).toEqual([])
  })

  it('nothing where leakwatch is off', () => {
    const { builtins } = loadedBy({ LEAKWATCH: 'off' })
    expect(
      builtins.filter((name) =>
        /^NativeModule (?:async_hooks|diagnostics_channel|readline|worker_threads)$/.test(name),
      ),
    ).toEqual([])
  })
})
