/** A program of modules of its own, as large ones are: most hold functions, some a class, few an engine. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const modules = 500
/** Each imports the next few: the main module reaches them all. */
const fanOut = 2

/** Writes the program; gives its main file, and its undo. */
export function makeProgram(format) {
  const folder = join(tmpdir(), `leakwatch-bench-${process.pid}-${format}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: format === 'esm' ? 'module' : 'commonjs' }),
  )
  for (let index = 0; index < modules; index += 1)
    writeFileSync(join(folder, `m${index}.js`), moduleText(index, format))
  return { main: join(folder, 'm0.js'), undo: () => rmSync(folder, { recursive: true }) }
}

function moduleText(index, format) {
  const others = Array.from({ length: fanOut }, (_, at) => index * fanOut + at + 1).filter(
    (other) => other < modules,
  )
  const isEsm = format === 'esm'
  const imports = others.map((other) =>
    isEsm ? `import * as m${other} from './m${other}.js'` : `const m${other} = require('./m${other}.js')`,
  )
  const exported = ['parse', 'format', 'merge', ...(index % 5 === 0 ? ['Store'] : [])]
  return [
    ...imports,
    ...functions(index),
    ...(index % 5 === 0 ? [classText(index)] : []),
    `const others = [${others.map((other) => `m${other}`).join(', ')}]`,
    isEsm
      ? `export { ${exported.join(', ')}, others }`
      : `module.exports = { ${exported.join(', ')}, others }`,
    '',
  ].join('\n')
}

function functions(index) {
  return [
    `/** Reads rows of kind ${index}: \`key=value\`, one a line; the start of each line says which. */`,
    'function parse(text) {',
    "  const rows = text.split('\\n').filter((line) => line.startsWith('#') === false)",
    "  return rows.map((row) => Object.fromEntries(row.split(',').map((pair) => pair.split('='))))",
    '}',
    'function format(rows) {',
    '  // The end of a row is a line break.',
    "  return rows.map((row) => Object.entries(row).map((pair) => pair.join('=')).join(',')).join('\\n')",
    '}',
    'function merge(left, right) {',
    '  const merged = { ...left }',
    '  for (const [key, value] of Object.entries(right)) {',
    '    if (value !== undefined && value !== null) merged[key] = value',
    `    else if (key in left && key !== 'id${index}') delete merged[key]`,
    '  }',
    '  return merged',
    '}',
  ]
}

/** One in five of these is an engine. */
function classText(index) {
  const verbs =
    index % 25 === 0
      ? ['start() { this.timer = setInterval(() => {}, 1000) }', 'stop() { clearInterval(this.timer) }']
      : []
  return [
    'class Store {',
    '  #rows = new Map()',
    '  get(key) { return this.#rows.get(key) }',
    '  set(key, value) { this.#rows.set(key, value) }',
    ...verbs.map((verb) => `  ${verb}`),
    '}',
  ].join('\n')
}
