/** Programs that lie in `node_modules` themselves: global installs, `npx`, images that install a package. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { verdict } from './fixture.ts'
import { Project, root } from './project.ts'

const engine = `class Engine {
  start() { this.timer = setInterval(() => {}, 1000) }
  stop() { clearInterval(this.timer) }
}
new Engine().start()
require('helper').listen()
setTimeout(() => process.exit(), 20)
`
let project: Project

beforeAll(() => {
  project = new Project({
    'node_modules/shop/package.json': '{ "name": "shop" }',
    'node_modules/shop/bin/package.json': '{ "type": "commonjs" }',
    'node_modules/shop/bin/cli.js': engine,
    'node_modules/shop/bin/module.mjs': `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\n${engine}`,
    'node_modules/helper/package.json': '{ "name": "helper" }',
    'node_modules/helper/index.js': `exports.listen = () => { require('node:http').createServer().listen(0) }\n`,
    'node_modules/@nestjs/cli/package.json': '{ "name": "@nestjs/cli" }',
    'node_modules/@nestjs/cli/nest.js': engine,
  })
  mkdirSync(join(project.folder, 'bin'))
  symlinkSync('../node_modules/shop/bin/cli.js', join(project.folder, 'bin/shop'))
})

afterAll(() => project.remove())

async function found(script: string): Promise<string[]> {
  const preload = pathToFileURL(join(root, 'dist/index.mjs')).href
  const settings = { LEAKWATCH_FORMAT: 'json' }
  const { stderr } = await project.run(['--import', preload, script], settings)
  if (stderr === '') return []
  const { findings, engines, handles } = JSON.parse(stderr) as Report
  return findings.map((finding) => {
    const subject = [...engines, ...handles].find(({ id }) => id === (finding.engine ?? finding.handles[0]))
    return verdict(finding.kind, subject?.name ?? '', subject?.site ?? null)
  })
}

it.each([['node_modules/shop/bin/cli.js'], ['node_modules/shop/bin/module.mjs'], ['bin/shop']])(
  'the package of the main script is the program: %s',
  async (script) => {
    const file = script.endsWith('.mjs') ? 'module.mjs' : 'cli.js'
    const from = script.endsWith('.mjs') ? 7 : 5
    expect((await found(script)).sort()).toEqual([
      `never-stopped Engine at ${file}:${from}`,
      `never-stopped http.Server at ${file}:${from + 1}`,
    ])
  },
)

it("but not that of a tool, which runs the user's program", async () => {
  expect((await found('node_modules/@nestjs/cli/nest.js')).join()).not.toContain('Engine')
})
