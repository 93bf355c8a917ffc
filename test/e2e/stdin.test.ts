/** A program that reads its standard input, or listens to its parent, does not end by itself: that is told, and is no finding. */
import { afterAll, describe, it, vi } from 'vitest'
import { nodeVersion, until } from './program.ts'
import { Place } from './running.ts'

vi.setConfig({ testTimeout: 30_000 })

const place = new Place()
afterAll(() => place.clear())

const reading = `process.stdin.on('data', () => {})
process.on('SIGTERM', () => console.log('told'))
console.log('ready')
`
const env = { LEAKWATCH_FORMAT: 'text', LEAKWATCH_STALL_MS: '200' }

describe(`standard input, on Node ${nodeVersion}`, () => {
  it.concurrent('that is read is what holds a program after SIGTERM', async ({ expect }) => {
    const program = await place.start(reading, { env })
    program.child.kill('SIGTERM')
    await until(() => program.output.stderr.includes('up '))
    expect(program.output.stderr.replace(/\s+/g, ' ')).toMatch(
      /nothing to report in .* still alive after SIGTERM stdin program-\d\.mjs:1 process\.stdin is read, and keeps the process alive: call `process\.stdin\.pause\(\)` .*1 handle open \(1 keeps/,
    )
    await program.kill('SIGKILL')
  })

  it.concurrent('that an engine reads is not what the engine holds', async ({ expect }) => {
    const program = await place.start(
      `class Shell { start() { process.stdin.on('data', () => {}) } stop() { process.stdin.pause() } }
      new Shell().start()
      console.log('ready')
      process.on('SIGTERM', () => setTimeout(() => process.exit(), 50))`,
      { env },
    )
    await program.kill('SIGTERM')
    expect(program.output.stderr).toBe('')
  })

  it.concurrent('that was paused holds nothing, and is not told', async ({ expect }) => {
    const program = await place.start(
      `${reading}setTimeout(() => process.stdin.pause(), 50); setInterval(() => {}, 1000)`,
      { env },
    )
    program.child.kill('SIGTERM')
    await until(() => program.output.stderr.includes('up '))
    expect(program.output.stderr).toContain('1 handle open')
    expect(program.output.stderr).not.toContain('is read')
    await program.kill('SIGKILL')
  })

  it.concurrent('the channel to a parent that is listened to is told where nothing else holds', async ({
    expect,
  }) => {
    const program = await place.start(
      `import { fork } from 'node:child_process'
      if (process.argv[2] === undefined) {
        const child = fork(process.argv[1], ['child'])
        child.once('message', () => child.kill('SIGTERM'))
        process.on('SIGTERM', () => child.kill('SIGKILL'))
        console.log('ready')
      } else {
        process.on('message', () => {})
        process.on('SIGTERM', () => {})
        process.send('ready')
      }`,
      { env },
    )
    await until(() => program.output.stderr.includes('up '))
    expect(program.output.stderr.replace(/\s+/g, ' ')).toContain(
      "still alive after SIGTERM parent `process.on('message')` keeps the process alive: call `process.disconnect()`",
    )
    await program.kill('SIGTERM')
  })
})
