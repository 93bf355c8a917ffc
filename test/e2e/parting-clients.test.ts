/** Clients of dependencies that take their leave over the wire as the process exits, and those that were forgotten. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { nodeVersion } from './program.ts'
import { Project, root } from './project.ts'

/** The server hangs up after its last word; a goodbye is written as the process exits; a timer bounds the close. */
const store = `const net = require('node:net')
class Client {
  connect(port) {
    this.socket = net.connect(port)
    return new Promise((resolve) => { this.socket.once('connect', resolve) })
  }
}
class Cache extends Client {
  quit() {
    this.socket.write('quit')
    return new Promise((resolve) => {
      this.socket.on('data', () => { this.socket.pause(); setTimeout(resolve, 100) })
    })
  }
}
class Pool extends Client {
  async end() { this.socket.write('goodbye', () => { this.socket.end() }) }
}
class Channel extends Client {
  close() {
    this.socket.write('close', () => {})
    this.timer = setTimeout(() => { this.socket.destroy() }, 30_000)
  }
}
Object.assign(exports, { Cache, Pool, Channel })
`
const program = `const net = require('node:net')
const { Cache, Pool, Channel } = require('store')
const server = net.createServer((socket) => {
  socket.on('data', (text) => { if (String(text) === 'quit') socket.end('bye') })
}).listen(0, main)
async function main() {
  const { port } = server.address()
  const [cache, pool, channel] = [new Cache(), new Pool(), new Channel()]
  await cache.connect(port)
  await pool.connect(port)
  await channel.connect(port)
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  server.close()
  if (process.argv.includes('cache')) await cache.quit()
  if (process.argv.includes('pool')) await pool.end()
  if (process.argv.includes('channel')) channel.close()
  process.exit()
}
`
let project: Project

beforeAll(() => {
  project = new Project({
    'node_modules/store/package.json': '{ "name": "store" }',
    'node_modules/store/index.js': store,
    'app.js': program,
  })
})

afterAll(() => project.remove())

const preload = pathToFileURL(join(root, 'dist/index.mjs')).href

async function linesLeft(parted: readonly string[]): Promise<number[]> {
  const env = { LEAKWATCH_FORMAT: 'json' }
  const { stderr, code } = await project.run(['--import', preload, 'app.js', ...parted], env)
  expect(code).toBe(0)
  if (stderr === '') return []
  const { findings, handles } = JSON.parse(stderr) as Report
  return findings
    .filter(({ kind, severity }) => kind === 'orphan' && severity === 'leak')
    .map(({ handles: [first] }) => handles.find(({ id }) => id === first)?.site?.line ?? 0)
    .sort((one, other) => one - other)
}

/** Only Linux tells that a server has hung up, before the event loop has read it. */
const itOnLinux = it.runIf(process.platform === 'linux')

itOnLinux(`what was told to close at the exit is closing, on Node ${nodeVersion}`, async () => {
  expect(await linesLeft(['cache', 'pool', 'channel'])).toEqual([])
})

itOnLinux(`what was not told is a leak, on Node ${nodeVersion}`, async () => {
  expect(await linesLeft([])).toEqual([9, 10, 11])
  expect(await linesLeft(['pool', 'channel'])).toEqual([9])
  expect(await linesLeft(['cache', 'channel'])).toEqual([10])
})
