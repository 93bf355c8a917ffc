/**
 * What `npm run build` does once the compiler has run: writes `dist/preload.js`, in which stands what every watched process
 * loads, and what one with an engine class does, so that these are one file to read and one to compile.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/** The modules that are asked for from outside, or lazily. */
const entries = [
  'is-off.js',
  'install.js',
  'leak-error.js',
  'detect/transform-module.js',
  'detect/transform.js',
  'detect/old-loader.js',
  'detect/plain-classes.js',
  'detect/injection.js',
  'detect/inline-map.js',
  'detect/registrations.js',
]

/** What a module loads at once. */
const required = /^(?:const \w+ = )?require\("(\.[^"]+)"\);$/gm
/** All that it may load; in the bundle by its path in `dist`. */
const requiring = /\brequire\(["'](\.[^"']+)["']\)/g

function bundle() {
  const modules = new Map()
  for (const module of entries) addModule(module, modules)
  const table = [...modules].map(
    ([path, text]) => `${JSON.stringify(path)}(exports, require, __dirname) {\n${text}\n}`,
  )
  return `return {\n${table.join(',\n')}\n}\n`
}

/** `module` after what it loads at once. */
function addModule(module, modules) {
  if (modules.has(module)) return
  modules.set(module, '')
  const text = readFileSync(join(dist, module), 'utf8')
  for (const [, path] of text.matchAll(required)) addModule(join(module, '..', path), modules)
  const placed = text.replace(requiring, (_, path) => `require("/${join(module, '..', path)}")`)
  modules.set(module, withoutComments(placed, module))
}

function withoutComments(text, module) {
  let result = ''
  let from = 0
  for (const { start, end } of parseSync(module, text).comments) {
    result += text.slice(from, start)
    from = end
  }
  return (result + text.slice(from)).replace(/^\s*\n/gm, '')
}

function manifest() {
  const { type } = readJson('package.json')
  const { version } = readJson('../package.json')
  return `${JSON.stringify({ type, version })}\n`
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}

writeFileSync(join(dist, 'package.json'), manifest())
writeFileSync(join(dist, 'preload.js'), bundle())
