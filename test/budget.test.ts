import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const node = process.env.NODE_UNDER_TEST ?? process.execPath
const index = fileURLToPath(new URL('../dist/index.mjs', import.meta.url))

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

/** What `entries` load at once, and what these load, by their paths. */
function loadedWith(entries: readonly string[]): Set<string> {
  const modules = new Set(entries)
  for (const module of modules) {
    const text = readFileSync(new URL(module), 'utf8')
    for (const [, name] of text.matchAll(/^(?:const \w+ = )?require\("(\.[^"]+)"\);$/gm)) {
      modules.add(new URL(name as string, module).href)
    }
  }
  return modules
}

describe('what the preload loads', () => {
  // Each module takes some 0.2 ms.
  it('56 modules of its own at most', () => {
    const entries = ['index.mjs', 'own-modules.mjs', 'is-off.js', 'install.js', 'leak-error.js']
    const modules = loadedWith(entries.map((name) => new URL(`../dist/${name}`, import.meta.url).href))
    expect(modules.size).toBeGreaterThan(30)
    expect(modules.size).toBeLessThanOrEqual(56)
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
