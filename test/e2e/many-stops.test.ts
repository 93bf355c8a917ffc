import { expect, it } from 'vitest'
import { nodeVersion, runProgram } from './program.ts'

/** One in eight is started by `rarely`, which forgets the last of its 5,000. */
const program = `import { setImmediate as turn } from 'node:timers/promises'
class Poller {
  start() { this.timer = setInterval(() => {}, 60_000) }
  stop() { clearInterval(this.timer) }
}
function mostly() {
  const poller = new Poller()
  poller.start()
  poller.stop()
}
function rarely(order) {
  const poller = new Poller()
  poller.start()
  if (order === 39_999) return
  poller.stop()
}
for (let order = 0; order < 40_000; order += 1) {
  if (order % 8 === 7) rarely(order)
  else mostly()
  if (order % 20 === 0) await turn()
}
process.exit()
`

it(`of brief lives by the ten thousand some are read: the leak has its siblings, on Node ${nodeVersion}`, async () => {
  const { reports } = await runProgram(program)
  const [report] = reports
  expect(reports.length).toBe(1)
  expect(report?.summary.engines).toMatchObject({ started: 40_000, stopped: 39_999, running: 1 })
  expect(report?.findings.map(({ kind }) => kind)).toEqual(['never-stopped'])
  expect(report?.engines[0]?.site?.line).toBe(13)
  const { started = 0, stopped = 0, stoppedAt = [] } = report?.findings[0]?.siblings ?? {}
  expect(started - stopped).toBe(1)
  expect(stoppedAt.map(({ line }) => line)).toEqual([15])
  // Estimated: 200 more or fewer are usual.
  expect(started).toBeGreaterThan(3000)
  expect(started).toBeLessThan(7000)
})
