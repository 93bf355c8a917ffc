/** Hooks of `require` that compile a file in memory: places are the lines of the file, without `--enable-source-maps`. */
import { describe, it, vi } from 'vitest'
import { nodeVersion, preload, required, runProgram } from './program.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 30_000 })

/** `.tea` is JavaScript behind lines that the compiler takes away: line 5 is line 2 of what runs. */
const source = `type Options = { everyMs: number }
type Unused = null
type Other = null
class Engine { start() { this.timer = setInterval(() => {}, 1000).unref() } stop() { clearInterval(this.timer) } }
  globalThis.one = new Engine(); globalThis.one.start()
`
/** Maps each line to its third next; `at`: where the hook leaves the map. */
const hook = (at: string, name = 'main.tea') => `
const { readFileSync } = require('node:fs')
const mappings = 'AAGA;AACA;AACA'
const maps = new Map()
require.extensions['.tea'] = (module, file) => {
  const code = readFileSync(file, 'utf8').split('\\n').slice(3).join('\\n')
  const map = JSON.stringify({ version: 3, sources: [${JSON.stringify(name)}], names: [], mappings })
  maps.set(file, { url: null, map })
  const inline = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,' + Buffer.from(map).toString('base64')
  module._compile(${at === 'inline' ? 'code + inline' : 'code'}, file)
}
${at === 'support' ? "require('source-map-support/source-map-support.js').install((file) => maps.get(file) ?? null)" : ''}
`
const support = `let retrieve
module.exports = { install(given) { retrieve = given }, retrieveSourceMap: (file) => retrieve(file) }
`

async function placeOf(hookText: string, flags: string[]): Promise<string> {
  const { reports, code, stderr } = await runProgram('', {
    flags: [...flags, '--require', './hook.cjs', '--require', './main.tea'],
    files: { 'hook.cjs': hookText, 'main.tea': source },
    packages: { 'source-map-support': { 'source-map-support.js': support } },
  })
  const [engine] = reports.at(-1)?.engines ?? []
  const frame = engine?.started?.frames.find(({ internal }) => !internal)
  return `${code} ${stderr}${engine?.site?.file.replace(/.*[\\/]/, '')}:${engine?.site?.line}:${engine?.site?.column} ${frame?.code}`
}

describe(`a file that a hook of require compiles, on Node ${nodeVersion}`, () => {
  const line = 'globalThis.one = new Engine(); globalThis.one.start()'

  for (const [way, flags] of [
    ['--require', ['--require', required]],
    ['--import', ['--require', required, '--import', preload]],
  ] as const) {
    it.concurrent(`is mapped by the map in its text: ${way}`, async ({ expect }) => {
      expect(await placeOf(hook('inline'), [...flags])).toBe(`0 main.tea:5:1 ${line}`)
    })
  }

  it.concurrent('is mapped by what the compiler gave to source-map-support', async ({ expect }) => {
    expect(await placeOf(hook('support'), ['--require', required])).toBe(`0 main.tea:5:1 ${line}`)
  })

  it.concurrent('is said to be passed by where leakwatch is imported', async ({ expect }) => {
    const run = async (flags: string[]) =>
      (
        await runProgram('', {
          flags: [...flags, '--require', 'ts-node/register'],
          packages: { 'ts-node': { 'register.js': '' } },
        })
      ).stderr
    expect(await run(['--import', preload])).toBe(
      'LEAKWATCH_IMPORT: expected `--require leakwatch` beside `ts-node/register`; got `--import leakwatch`, ' +
        'with which Node loads the main file past it. Use `--require leakwatch`.\n',
    )
    expect(await run(['--require', required])).toBe('')
  })

  it.concurrent('stays where it is where the map names a file that is not there', async ({ expect }) => {
    expect(await placeOf(hook('inline', 'gone.tea'), ['--require', required])).toMatch(/^0 main\.tea:2:\d+ /)
  })
})
