import { expect, it } from 'vitest'
import { preload, runProgram } from './program.ts'

/** Checks sweep out what has been collected. */
const checkMs = '200'

const program = `
class Job {
  start() { this.timer = setTimeout(() => this, 0) }
  stop() { clearTimeout(this.timer) }
}
const heap = async () => {
  gc()
  await new Promise((resolve) => setTimeout(resolve, 250))
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}
const drop = async (jobs) => {
  for (let index = 0; index < jobs; index += 1) {
    new Job().start()
    if (index % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 0))
  }
}
// What there is once, compiled code and tables at their full size, is there before.
await drop(20_000)
let before = await heap()
for (let turn = 0; turn < 40; turn += 1) {
  const now = await heap()
  if (now > before - 0.1) break
  before = now
}
await drop(100_000)
let grown
for (let turn = 0; turn < 40; turn += 1) {
  grown = await heap() - before
  if (grown < 5) break
}
console.log(grown)
`

it('engines that were dropped without a stop leave no memory behind', { timeout: 60_000 }, async () => {
  const { stdout, stderr } = await runProgram(program, {
    flags: ['--expose-gc', '--import', preload],
    env: { LEAKWATCH_CHECK_MS: checkMs },
  })
  // 25 MB where their records stay.
  expect(Number(stdout)).toBeLessThan(5)
  expect(stderr).toBe('')
})

const slowStop = `
class Engine {
  start() { this.timer = setInterval(() => {}, 1000) }
  async stop() { clearInterval(this.timer); await new Promise((resolve) => setTimeout(resolve, 330)) }
}
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function use() {
  const engine = new Engine()
  engine.start()
  await pause(120)
  await engine.stop()
}
// Collected at once: nobody has looked at the stop's promise since it was pending.
await Promise.all(Array.from({ length: 5 }, async () => { await use(); gc(); await 1; gc() }))
await pause(1000)
const { reportSync } = await import('leakwatch')
console.log(JSON.stringify(reportSync().summary.engines))
`

it('engines that were collected as soon as their stop had finished were stopped', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(slowStop, { flags: ['--expose-gc', '--import', preload] })
  expect(JSON.parse(stdout)).toEqual({ started: 5, stopped: 5, failed: 0, running: 0 })
  expect(stderr).toBe('')
})
