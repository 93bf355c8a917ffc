import { expect, it } from 'vitest'
import { preload, runProgram } from './program.ts'

const program = `
class Job {
  start() { this.timer = setTimeout(() => this, 0) }
  stop() { clearTimeout(this.timer) }
}
const heap = async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    gc()
    await new Promise((resolve) => setTimeout(resolve, 120))
  }
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}
const before = await heap()
for (let index = 0; index < 100_000; index += 1) {
  new Job().start()
  if (index % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 0))
}
console.log(await heap() - before)
`

it('engines that were dropped without a stop leave no memory behind', { timeout: 60_000 }, async () => {
  const { stdout, stderr } = await runProgram(program, { flags: ['--expose-gc', '--import', preload] })
  // 25 MB where their records stay.
  expect(Number(stdout)).toBeLessThan(10)
  expect(stderr).toBe('')
})
