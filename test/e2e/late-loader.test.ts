/** leakwatch waits for the first ES module, and for the first request of Node's own modules, however they come. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { nodeVersion, required } from './program.ts'
import { Project } from './project.ts'

const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
const hasHooks = major > 22 || (major === 22 && minor >= 15)
const server = '.createServer().listen(0).unref()'

const files = {
  'package.json': '{}',
  'poll.mjs': `export class Poll {
  start() { this.timer = setInterval(() => {}, 1000).unref() }
  stop() { clearInterval(this.timer) }
}
`,
  // Neither its name nor its package says that it is an ES module.
  'found.js': "import { Poll } from './poll.mjs'\nexport const poll = new Poll()\n",
  'requires.js': "require('./found.js').poll.start()\n",
  'imports.js': "import('./poll.mjs').then(({ Poll }) => new Poll().start())\n",
  'with-hooks.js': `const { registerHooks } = require('node:module')
registerHooks?.({ load: (url, context, next) => next(url, context) })
import('./poll.mjs').then(({ Poll }) => new Poll().start())
`,
  'main.mjs': `import http from 'node:http'\nhttp${server}\n`,
  'prefixed.js': `require('node:http')${server}\n`,
  'bare.js': `require('http')${server}\n`,
  'import-of-node.js': `import('node:http').then((http) => http${server})\n`,
  'from-a-text.js': `new Function('name', 'return import(name)')('node:http').then((http) => http${server})\n`,
  'built-in.js': `process.getBuiltinModule('http')${server}\n`,
  'reads-lines.js': `const { PassThrough } = require('stream')
require('node:readline').createInterface({ input: new PassThrough() })
`,
}

let project: Project
beforeAll(() => {
  project = new Project(files)
})
afterAll(() => project.remove())

async function enginesOf(args: readonly string[]): Promise<string[]> {
  const { code, stderr } = await project.run(['--require', required, ...args], { LEAKWATCH_FORMAT: 'json' })
  const { findings, engines, self } = JSON.parse(stderr) as Report
  expect({ code, faults: self.faults }).toEqual({ code: 0, faults: [] })
  return findings.map(({ kind, engine }) => `${kind} ${engines.find(({ id }) => id === engine)?.name}`)
}

it.each([
  ['imports.js', 'Poll'],
  ['with-hooks.js', 'Poll'],
  ['main.mjs', 'http.Server'],
  ['prefixed.js', 'http.Server'],
  ['bare.js', 'http.Server'],
  ['import-of-node.js', 'http.Server'],
  ['from-a-text.js', 'http.Server'],
  ['built-in.js', 'http.Server'],
  ['reads-lines.js', 'readline.Interface'],
])('%s: %s was never stopped', async (main, engine) => {
  expect(await enginesOf([main])).toEqual([`never-stopped ${engine}`])
})

it('a script in the options', async () => {
  expect(await enginesOf(['-e', `require('node:http')${server}`])).toEqual(['never-stopped http.Server'])
  expect(await enginesOf(['-e', `http${server}`])).toEqual(['never-stopped http.Server'])
})

// Before, nothing reads what such a module imports.
it.skipIf(!hasHooks)('an ES module that only its syntax shows, required', async () => {
  expect(await enginesOf(['requires.js'])).toEqual(['never-stopped Poll'])
})
