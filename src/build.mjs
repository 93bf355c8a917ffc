/**
 * What `npm run build` does once the compiler has run: puts the modules that every watched process loads into one file,
 * `dist/preload.js`, and those that are loaded together later into others: once there is something to judge, tests of node:test to
 * watch, or an engine of the program's own. Each is read and compiled at once.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { minify } from 'terser'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/** By their files, the modules that are asked for from outside, or lazily: these, and what they load. */
const bundles = {
  'preload.js': ['install.js', 'detect/transform-module.js', 'detect/transform.js', 'detect/old-loader.js'],
  'judging.js': ['reporter.js', 'runners/session.js'],
  'node-test.js': ['runners/node-test-run.js'],
  'engines.js': [
    'detect/plain/classes.js',
    'detect/injection.js',
    'detect/inline-map.js',
    'detect/registrations.js',
    'core/lifetimes.js',
  ],
}

/** What a module loads at once. */
const required = /^(?:const \w+ = )?require\("(\.[^"]+)"\);$/gm
/** All that it may load; in the bundle by its path in `dist`. */
const requiring = /\brequire\(["'](\.[^"']+)["']\)/g

/** Writes the files: functions by the paths of their modules; the first names the file of each that is in another. */
async function writeBundles() {
  const placed = new Map()
  for (const [file, entries] of Object.entries(bundles))
    for (const entry of entries) place(entry, file, placed)
  const [first, ...others] = Object.keys(bundles)
  const elsewhere = [...placed].filter(([, { file }]) => file !== first)
  const stubs = elsewhere.map(([path, { file }]) => `${JSON.stringify(path)}: ${JSON.stringify(file)}`)
  writeFileSync(join(dist, first), await bundle(first, placed, stubs))
  for (const file of others) writeFileSync(join(dist, file), await bundle(file, placed, []))
}

async function bundle(file, placed, stubs) {
  const own = [...placed].filter(([, module]) => module.file === file)
  const bodies = await Promise.all(
    own.map(async ([path, { text }]) => `${JSON.stringify(path)}: ${await minifiedModule(text)}`),
  )
  return `return {\n${[...bodies, ...stubs].join(',\n')}\n}\n`
}

/**
 * In parentheses, at which V8 compiles it at once: each is called, and would be read twice.
 *
 * Half the text takes two thirds of the time to compile. Functions and classes keep their names: stacks show them. In ASCII:
 * one other character makes a file take twice as long to read, as V8 then keeps two bytes for each.
 */
async function minifiedModule(text) {
  const { code } = await minify(`(function (exports, require, __dirname) {\n${text}\n})`, {
    compress: false,
    mangle: { keep_classnames: true, keep_fnames: true },
    // An error of leakwatch's own would otherwise be shown with all of it.
    format: { ascii_only: true, max_line_len: 120 },
  })
  return code.replace(/;\s*$/, '')
}

/** Puts `module` into `file` after what it loads at once. */
function place(module, file, placed) {
  if (placed.has(module)) return
  placed.set(module, null)
  const text = readFileSync(join(dist, module), 'utf8')
  for (const [, path] of text.matchAll(required)) place(join(module, '..', path), file, placed)
  const requires = text.replace(requiring, (_, path) => `require("/${join(module, '..', path)}")`)
  placed.set(module, { file, text: requires })
}

function manifest() {
  const { type } = readJson('package.json')
  const { version } = readJson('../package.json')
  return `${JSON.stringify({ type, version })}\n`
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}

/** The schema of `leakwatch.config.json`, for editors; asked of the commands, which know each setting. */
function configSchema() {
  const { configSchema } = createRequire(import.meta.url)('../dist/cli/config-schema.js')
  return `${JSON.stringify(configSchema(), null, 2)}\n`
}

writeFileSync(join(dist, 'package.json'), manifest())
writeFileSync(join(dist, 'config-schema.json'), configSchema())
await writeBundles()
