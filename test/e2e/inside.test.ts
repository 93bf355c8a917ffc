import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const node = process.env.NODE_UNDER_TEST ?? process.execPath
const preload = new URL('../../dist/index.mjs', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-inside-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function lines(program: string, flags: string[] = []): string[] {
  const file = join(folder, 'program.mjs')
  writeFileSync(file, `import { snapshot } from ${JSON.stringify(preload)}\n${program}`)
  const env = { ...process.env, LEAKWATCH_FORMAT: 'none' }
  return execFileSync(node, [...flags, '--import', fileURLToPath(preload), file], { encoding: 'utf8', env })
    .trim()
    .split('\n')
}

describe('a method that tells of its calls', () => {
  it('is known to have ended in the very checkpoint of microtasks', () => {
    const program = `
const turn = () => new Promise(setImmediate)
class Engine {
  async start() { await turn(); this.timer = setInterval(() => {}, 1000) }
  async stop() { await turn(); clearInterval(this.timer) }
}
const engine = new Engine()
const show = (when) => console.log(when, snapshot().engines.size)
const started = engine.start()
show('starting')
await started
show('running')
const stopped = engine.stop()
show('stopping')
await stopped
show('stopped')`
    expect(lines(program)).toEqual(['starting 1', 'running 1', 'stopping 1', 'stopped 0'])
  })

  it('leaves the stacks of the program alone', () => {
    const program = `
void snapshot
class Engine {
  start() {
    return new Error('here').stack
  }
  async stop() {
    return new Error('here').stack
  }
}
const engine = new Engine()
console.log(engine.start())
console.log(await engine.stop())`
    expect(lines(program).filter((line) => line.includes('dist'))).toEqual([])
  })

  it('recurses nearly as deep as without leakwatch', () => {
    const program = (isWatched: boolean) => `
${isWatched ? 'void snapshot' : ''}
class Engine {
  start() { this.depth = 0; try { this.dive() } catch {} return this.depth }
  dive() { this.depth += 1; this.dive() }
  stop() {}
}
console.log(new Engine().start())`
    const watched = Number(lines(program(true))[0])
    const bare = Number(
      execFileSync(node, ['--input-type=module', '-e', program(false)], { encoding: 'utf8' }).trim(),
    )
    expect(watched / bare).toBeGreaterThan(0.6)
  })
})
