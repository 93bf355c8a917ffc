/** `devServer.stop(); process.exit()`: what a dependency has not closed yet is one finding, at the stop that nobody waited for. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { nodeVersion } from './program.ts'
import { Project, root } from './project.ts'

/** As webpack-dev-server does it: what it opens and closes, it does behind awaits. */
const server = `const fs = require('node:fs'), http = require('node:http')
class DevServer {
  async start() {
    this.server = http.createServer()
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    this.watcher = fs.watch(__dirname)
    this.beat = setInterval(() => {}, 1000)
  }
  async stop() {
    await new Promise((done) => setTimeout(done, 20))
    this.watcher.close()
    clearInterval(this.beat)
    await new Promise((done) => this.server.close(done))
  }
}
class Client { constructor() { this.beat = setInterval(() => {}, 500) } }
Object.assign(exports, { DevServer, Client })
`
const program = (end: string) => `const { DevServer, Client } = require('dev-server')
const own = require('node:http').createServer().listen(0)
const devServer = new DevServer()
devServer.start().then(() => {
  setTimeout(${end}, 50)
})
`
const programs = {
  'stop.js': program('() => { own.close(); devServer.stop(); process.exit() }'),
  'lines.js': program('() => {\n    own.close()\n    void devServer?.stop()\n    process.exit()\n  }'),
  'awaited.js': program('async () => { own.close(); await devServer.stop(); process.exit() }'),
  'then.js': program('() => { own.close(); devServer.stop().then(() => process.exit()) }'),
  'another.js': program('() => {\n    new Client()\n    devServer.stop(); process.exit()\n  }'),
  'forgotten.js': program('() => { own.close(); process.exit() }'),
}
let project: Project

beforeAll(() => {
  project = new Project({
    'node_modules/dev-server/package.json': '{ "name": "dev-server" }',
    'node_modules/dev-server/index.js': server,
    ...programs,
  })
})

afterAll(() => project.remove())

const preload = pathToFileURL(join(root, 'dist/index.mjs')).href
const line = 5

it.each<[keyof typeof programs, string[]]>([
  ['stop.js', [`stop-pending devServer at ${line}`]],
  ['lines.js', [`stop-pending devServer at ${line + 2}`]],
  ['awaited.js', []],
  ['then.js', []],
  [
    'another.js',
    [`stop-pending devServer at ${line + 2}`, 'never-stopped http.Server at 2', `orphan null at ${line + 1}`],
  ],
])(`%s on Node ${nodeVersion}`, async (file, expected) => {
  const { stderr } = await project.run(['--import', preload, file], { LEAKWATCH_FORMAT: 'json' })
  const told = stderr === '' ? [] : findingsOf(JSON.parse(stderr) as Report)
  expect(told.map(({ text }) => text)).toEqual(expected)
  for (const { text, fix } of told)
    if (text.startsWith('stop'))
      expect(fix).toBe('Wait for `await devServer.stop()` before the process exits.')
})

it('is none where nothing was stopped', async () => {
  const { stderr } = await project.run(['--import', preload, 'forgotten.js'], { LEAKWATCH_FORMAT: 'json' })
  expect(stderr).not.toContain('stop-pending')
  expect(findingsOf(JSON.parse(stderr) as Report).length).toBeGreaterThan(0)
})

function findingsOf({ findings, engines, handles }: Report): { text: string; fix: string }[] {
  return findings
    .filter(({ severity }) => severity === 'leak')
    .map(({ kind, engine: id, handles: [first], fix }) => {
      const engine = engines.find((each) => each.id === id)
      const site = (engine ?? handles.find((each) => each.id === first))?.site
      return { text: `${kind} ${engine?.name ?? null} at ${site?.line}`, fix }
    })
}
