/** The user's line, where a dependency opened what is left: some ticks later, by a timer, in an event. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { nodeVersion } from './program.ts'
import { Project, root } from './project.ts'

/** As clients of databases do it. */
const store = `const net = require('node:net')
class Client {
  constructor(port) { this.port = port; this.connect() }
  connect() { return new Promise((resolve) => { process.nextTick(() => this.open(resolve)) }) }
  open(resolve) { this.socket = net.connect(this.port, resolve) }
}
class Pool {
  constructor(port) { this.port = port }
  query() { setImmediate(() => { setTimeout(() => { this.client = new Client(this.port); this.reap() }, 5) }) }
  reap() { this.reaper = setInterval(() => {}, 60_000) }
}
class Again {
  constructor(port) {
    const first = net.connect(port, () => first.destroy())
    first.on('close', () => { process.nextTick(() => { this.socket = net.connect(port) }) })
  }
}
Object.assign(exports, { Client, Pool, Again })
`
const program = `const net = require('node:net')
const { Client, Pool, Again } = require('store')
const server = net.createServer().listen(0, main)
function main() {
  const { port } = server.address()
  new Client(port) // leak: net.Socket, Client
  new Pool(port).query() // leak: net.Socket and setInterval, query
  new Again(port) // leak: net.Socket, Again
  setTimeout(() => process.exit(), 300)
}
`
/** A request's socket is the handler's; the line of the server has not opened it. */
const serving = `const http = require('node:http')
const { Client } = require('store')
const server = http.createServer((request, response) => {
  new Client(server.address().port)
  response.end()
})
server.listen(0, () => {
  http.get({ port: server.address().port, agent: false }, (response) => {
    response.resume().on('end', () => { setTimeout(() => process.exit(), 300) })
  })
})
`
let project: Project

beforeAll(() => {
  project = new Project({
    'node_modules/store/package.json': '{ "name": "store" }',
    'node_modules/store/index.js': store,
    'app.js': program,
    'serving.js': serving,
    'packages/shop/package.json': '{ "name": "shop" }',
    'packages/shop/dist/readme': '',
  })
})

afterAll(() => project.remove())

const preload = pathToFileURL(join(root, 'dist/index.mjs')).href

it(`is first, and what it called tells one bug from another, on Node ${nodeVersion}`, async () => {
  const { stderr } = await project.run(['--import', preload, 'app.js'], { LEAKWATCH_FORMAT: 'json' })
  const { findings, handles } = JSON.parse(stderr) as Report
  const found = findings
    .filter(({ engine }) => engine === null)
    .map(({ handles: ids, fix }) => {
      const held = handles.filter(({ id }) => ids.includes(id))
      const [first] = held
      const names = held.map(
        ({ name, site }) => `${name} at ${site?.file.slice(project.folder.length + 1)}:${site?.line}`,
      )
      return {
        names: names.sort(),
        fix: fix.replace(/^Close what `(.*)` of store .*$/, '$1'),
        first: first?.name,
      }
    })
  expect(found.sort((a, b) => (a.names[0] ?? '').localeCompare(b.names[0] ?? ''))).toEqual([
    { names: ['net.Socket at app.js:6'], fix: 'new Client()', first: 'net.Socket' },
    {
      names: ['net.Socket at app.js:7', 'setInterval at app.js:7'],
      fix: 'Pool.query()',
      first: 'net.Socket',
    },
    { names: ['net.Socket at app.js:8'], fix: 'new Again()', first: 'net.Socket' },
  ])
})

it('comes before the line of the dependency, with the name of its package', async () => {
  const { stderr } = await project.run(['--import', preload, 'app.js'], { LEAKWATCH_FORMAT: 'text' })
  expect(stderr).toMatch(
    /created +app\.js:6 +new Client\(port\).*\n +through +node_modules\/store\/index\.js:5 \(store\)\n/,
  )
  expect(stderr).toContain('net.Socket that store opened')
})

it.each([
  ['1', 'serving.js:4'],
  ['0', 'node_modules/store/index.js:5'],
])('is the one that called, or none, with a budget for stacks of %s', async (budget, place) => {
  const env = { LEAKWATCH_FORMAT: 'json', LEAKWATCH_STACK_BUDGET: budget }
  const { stderr } = await project.run(['--import', preload, 'serving.js'], env)
  const { findings, handles } = JSON.parse(stderr) as Report
  const places = findings
    .filter(({ engine, severity }) => engine === null && severity === 'leak')
    .map(({ handles: [first] }) => handles.find(({ id }) => id === first)?.site)
    .map((site) => `${site?.file.slice(project.folder.length + 1)}:${site?.line}`)
  expect(places).toEqual([place])
})
