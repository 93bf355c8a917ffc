/**
 * What `npm run build` does after the compiler. It makes the entry for `require` of that for `import`. It puts the modules that every watched process loads into one file, `dist/preload.js`,
 * and what looks for V8's code of that file into another, `dist/start.js`. It puts modules that are loaded together later into others:
 * once a file of the program has to be looked at, or read, once the program has an engine of Node's or of its own, once it has lived for a
 * while, once there is something to judge, and once there are tests of a runner.
 * Node reads and compiles each file in one go.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { minify } from 'terser'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

/** Needs what lends, as libraries do. */
const lentFiles = 'detect/node/lent-files.js'

/** For each file the modules that others load. It also gets the modules that those load at once. */
const bundles = {
  'start.js': ['settings/early/is-off.js', 'api/leak-error.js', 'cache/places.js', 'cache/own-code.js'],
  'preload.js': [
    'install.js',
    'detect/transform/transform-module.js',
    'detect/transform/transform.js',
    'core/engines/record-engine.js',
    'report/formats/process-formats.js',
  ],
  // What Node before 22.15, and before 24.21, needs beside.
  'older-node.js': ['detect/loader/old-loader.js', 'core/promises/promise-hooks.js'],
  // What engines of the program's and judges both need.
  'shared.js': [
    'core/promises/promise-watch.js',
    'core/ownership/callbacks.js',
    'core/handles/live-handles.js',
    'core/self/method-of.js',
    'report/sources/runner-code.js',
    'core/handles/chains.js',
  ],
  'node-engines.js': modulesIn('detect/node').filter((module) => module !== lentFiles),
  'gc.js': ['core/time/gc.js'],
  // Of a process that lives for a while.
  'alive.js': ['triggers/dump-signal.js', 'processes/presence/presence.js'],
  'first-look.js': ['detect/source/may-define.js'],
  'keep.js': ['cache/keep.js'],
  'judging.js': ['live/reporter.js', ...modulesIn('judge/kinds'), 'triggers/last-report.js'],
  'session.js': ['runners/session/session.js', 'runners/session/installed.js', 'runners/session/run-end.js'],
  'node-test.js': ['runners/node-test/setup.js', 'runners/node-test/run.js'],
  'mocha.js': ['runners/mocha/setup.js'],
  'vitest.js': ['runners/vitest/setup.js', 'runners/session/test-leak-error.js'],
  'text.js': ['report/formats/text.js', 'report/formats/ndjson.js', 'report/output/write.js'],
  'engines.js': [
    'detect/source/injection.js',
    'detect/source/inline-map.js',
    'detect/lifecycle/registrations.js',
    'core/records/lifetimes.js',
    'core/engines/chosen-stops.js',
  ],
  'reading.js': ['detect/transform/parsed-insertions.js'],
  'library-names.js': ['detect/libraries/list.js'],
  'libraries.js': [
    'detect/transform/library-insertions.js',
    'detect/lifecycle/library-engines.js',
    'detect/lifecycle/library-factories.js',
    'core/ownership/behind-library.js',
    'detect/libraries/described.js',
    lentFiles,
  ],
  // Where there is something to report.
  'composing.js': [
    'live/composing.js',
    'live/second-opinion.js',
    'report/output/publish.js',
    'report/formats/json.js',
    ...modulesIn('report/words/kinds'),
  ],
}

function modulesIn(folder) {
  const files = readdirSync(join(dist, folder)).filter((file) => file.endsWith('.js'))
  return files.map((file) => `${folder}/${file}`)
}

/** Finds what a module loads at once. */
const required = /^(?:const \w+ = )?require\("(\.[^"]+)"\);$/gm
/** Finds everything that a module may load. In the bundle each is named by its path in `dist`. */
const requiring = /\brequire\(["'](\.[^"']+)["']\)/g

/** These are there before any other is asked for. */
const atOnce = new Set(['start.js', 'preload.js'])

/** Writes the files. Each has functions by the paths of their modules; the preload also names the file of each module that is asked for from outside of a later one. */
async function writeBundles() {
  const placed = new Map()
  for (const [file, entries] of Object.entries(bundles))
    for (const entry of entries) place(entry, file, placed)
  const asked = askedFromOutside(placed)
  const elsewhere = [...placed].filter(([path, { file }]) => !atOnce.has(file) && asked.has(path))
  const later = {}
  for (const [path, { file }] of elsewhere) later[file] = `${later[file] ?? ' '}${path} `
  const stubs = [`later:${JSON.stringify(later)}`]
  for (const file of Object.keys(bundles))
    writeFileSync(join(dist, file), await bundle(file, placed, file === 'preload.js' ? stubs : []))
}

/** The modules of a file that others ask for. The rest of it is there once it has been read for one of these: as these folders are. */
function askedFromOutside(placed) {
  const asked = new Set(Object.values(bundles).flat())
  for (const folder of ['detect/node', 'detect/libraries', 'judge/kinds', 'report/words/kinds'])
    for (const module of modulesIn(folder)) asked.delete(module)
  for (const module of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (!/\.m?js$/.test(module)) continue
    const text = readFileSync(join(dist, module), 'utf8')
    for (const [, path] of text.matchAll(requiring)) {
      const target = join(module, '..', path)
      if (placed.get(target)?.file !== placed.get(module)?.file) asked.add(target)
    }
    for (const [, target] of text.matchAll(/\bownModule\(\s*["']([^"']+)["']/g)) asked.add(target)
  }
  return asked
}

async function bundle(file, placed, stubs) {
  const own = [...placed].filter(([, module]) => module.file === file)
  const bodies = await Promise.all(
    own.map(async ([path, { text }]) => `${JSON.stringify(path)}: ${await minifiedModule(text)}`),
  )
  return `return {\n${[...bodies, ...stubs].join(',\n')}\n}\n`
}

/** What makes the text shorter without moving any of it: no call is inlined, and nothing that seems unused is dropped. */
const shorter = {
  defaults: false,
  arrows: true,
  booleans: true,
  comparisons: true,
  conditionals: true,
  evaluate: true,
  if_return: true,
  join_vars: true,
  keep_classnames: true,
  keep_fnames: true,
  properties: true,
}

/**
 * The function is in parentheses: V8 then compiles it at once, and does not read it twice.
 *
 * Half the text takes two thirds of the time to compile. Functions and classes keep their names, as stacks show them. The text is
 * ASCII: with one other character V8 keeps two bytes for each, and takes twice as long to read the file.
 */
async function minifiedModule(text) {
  // Nothing asks one of leakwatch's own modules for its default export.
  const own = text.replace('Object.defineProperty(exports, "__esModule", { value: true });\n', '')
  const { code } = await minify(`(function (exports, require, __dirname) {\n${own}\n})`, {
    compress: shorter,
    mangle: { keep_classnames: true, keep_fnames: true },
    // Node shows the line of an uncaught error: it must not be the whole file.
    format: { ascii_only: true, max_line_len: 120 },
  })
  return code.replace(/;\s*$/, '')
}

/** Puts `module` into `file`, after the modules that it loads at once. */
function place(module, file, placed) {
  if (placed.has(module)) return
  placed.set(module, null)
  const text = readFileSync(join(dist, module), 'utf8')
  for (const [, path] of text.matchAll(required)) place(join(module, '..', path), file, placed)
  const requires = text.replace(requiring, (_, path) => `require("/${join(module, '..', path)}")`)
  placed.set(module, { file, text: requires })
}

/**
 * `require('leakwatch')` and `node --require leakwatch`: the entry and the loader of leakwatch's own modules in one CommonJS file. Node
 * starts no loader of ES modules for it, and needs not be able to require one.
 */
async function commonJsEntry() {
  const loader = asCommonJs('packaging/own-modules.mjs')
  const entry = asCommonJs('index.mjs')
  const text = `'use strict'
const { join } = require('node:path')
const { runInThisContext } = require('node:vm')
// Test runners have contexts of their own, which share the handles of the thread: the one leakwatch is in the main context. Functions of
// Node's belong to that one.
if (runInThisContext.constructor !== Function)
  module.exports = runInThisContext('process').getBuiltinModule('node:module').createRequire(__filename)(__filename)
else {
  const loader = {}
  ;((exports, here) => {\n${loader}\n})(loader, join(__dirname, 'packaging'))
  const { ${names(loader)} } = loader
  const isFirst = loader.installedBefore() === undefined
  ;((here) => {\n${entry}\n})(__dirname)
  // Node preloads it: the program has required nothing yet.
  if (isFirst && require.main === undefined) delete require.cache[__filename]
}
`
  const { code } = await minify(text, {
    compress: shorter,
    mangle: { keep_classnames: true, keep_fnames: true },
  })
  writeFileSync(join(dist, 'index.cjs'), code)
  writeFileSync(join(dist, 'index.d.cts'), readFileSync(join(dist, 'index.d.mts'), 'utf8'))
}

/** Sets its exports on `exports`, and has its folder in `here`. */
function asCommonJs(file) {
  return readFileSync(join(dist, file), 'utf8')
    .replace(/^import .*\n/gm, '')
    .replace(/^export const (\w+) =/gm, 'exports.$1 =')
    .replace(/^export function (\w+)/gm, 'exports.$1 = $1\nfunction $1')
    .replace(/\bimport\.meta\.dirname\b/g, 'here')
}

function names(text) {
  return [...text.matchAll(/^exports\.(\w+) =/gm)].map(([, name]) => name)
}

function manifest() {
  const { type } = readJson('../package.json')
  const { version } = readJson('../../package.json')
  return `${JSON.stringify({ type, version })}\n`
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}

/** The schema of `leakwatch.config.json`, for editors. The commands make it, as they describe each setting. */
function configSchema() {
  const { configSchema } = createRequire(import.meta.url)('../../dist/cli/config-schema.js')
  return `${JSON.stringify(configSchema(), null, 2)}\n`
}

/** What `leakwatch init` prints for other tools, as files. */
function writeMonitoring() {
  const { files } = createRequire(import.meta.url)('../../dist/cli/monitoring/files.js')
  for (const { name, text } of Object.values(files))
    writeFileSync(join(dist, 'cli', 'monitoring', name), text())
}

/** Of all of leakwatch, and of what it depends on: the parser. */
function writeBuildId() {
  const hash = createHash('sha256').update(readFileSync(new URL('../../package.json', import.meta.url)))
  for (const module of readdirSync(dist, { recursive: true, encoding: 'utf8' }).sort())
    if (/\.m?js$/.test(module)) hash.update(module).update(readFileSync(join(dist, module)))
  const file = join(dist, 'cache', 'build-id.js')
  const id = hash.digest('hex').slice(0, 16)
  writeFileSync(file, readFileSync(file, 'utf8').replace("'source'", `'${id}'`))
}

/** The script of HTML reports, which runs in a browser. It stands between tags of the page. */
async function pageScript() {
  const input = fileURLToPath(new URL('../report/page/client/main.ts', import.meta.url))
  const bundle = await rolldown({ input, platform: 'browser', logLevel: 'warn' })
  const { output } = await bundle.generate({ format: 'iife', minify: true })
  await bundle.close()
  return output[0].code
}

/** The packages that `leakwatch top` and `ps` draw with, in one file, and the licences under which they may be passed on. */
async function writeTerminal() {
  const input = fileURLToPath(new URL('../cli/console/terminal.ts', import.meta.url))
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn' })
  const { output } = await bundle.generate({ format: 'cjs', minify: true })
  await bundle.close()
  const [{ code, moduleIds }] = output
  writeFileSync(join(dist, 'cli/console/terminal.js'), code)
  writeFileSync(join(dist, 'cli/console/terminal.LICENSES.txt'), licences(moduleIds))
}

/** Of the packages that have these modules. A package without a licence's text stops the build. */
function licences(modules) {
  const folders = modules.map((module) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module)?.[0])
  const texts = folders.filter((folder) => folder !== undefined).map(licence)
  return [...new Set(texts)].sort().join('\n---\n\n')
}

function licence(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((each) => /^licen[cs]e(?:\.|$)/i.test(each))
  if (file === undefined) throw new Error(`${name} has no text of its licence`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

writeFileSync(join(dist, 'package.json'), manifest())
writeFileSync(join(dist, 'report/page/client.js'), await pageScript())
await writeTerminal()
writeFileSync(join(dist, 'config-schema.json'), configSchema())
writeMonitoring()
writeBuildId()
await writeBundles()
await commonJsEntry()
