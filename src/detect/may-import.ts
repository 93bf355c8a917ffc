/**
 * Whether a program loads ES modules at all. Asked on Node before 22.15, where following them takes a thread; CommonJS
 * programs go without.
 */
import { dirname, extname, join } from 'node:path'
import { filePath } from '../core/file-path.ts'
import { isProgramFile } from './own-files.ts'

const { readFileSync } = process.getBuiltinModule('node:fs')

const dynamicImport = /\bimport\s*\(/
const moduleSyntax = /^\s*(?:import\b(?!\s*\()|export\b)/m

/** Whether CommonJS code may import a module while it runs. */
export function importsLater(source: string): boolean {
  return dynamicImport.test(source)
}

/**
 * Whether the process begins with an ES module, or may. `main` is the path of its script, `options` what Node was
 * started with.
 */
export function mayImport(main: string | undefined, options: readonly string[]): boolean {
  if (loadsMore(options)) return true
  // Code of the command line can load a module, and that of standard input.
  if (main === undefined) return mayImportText(evaluated())
  const extension = extname(main)
  if (extension === '.cjs' || extension === '.cts') return false
  if (extension !== '.js') return true
  const type = packageType(dirname(main))
  return type === 'module' || (type === null && mayImportText(fileText(main)))
}

const loaders = new Set(['--import', '--loader', '--experimental-loader', '--experimental-default-type'])

/** Other preloads than this are modules, and loaders make some of whatever they like. */
function loadsMore(options: readonly string[]): boolean {
  const words = options.flatMap((option) => option.split(/[\s=]+/))
  return words.some((word, index) => loaders.has(word) && !isOwn(words[index + 1] ?? ''))
}

function isOwn(preload: string): boolean {
  return preload.includes('leakwatch') || !isProgramFile(filePath(preload) ?? '')
}

function mayImportText(text: string | null): boolean {
  return text === null || moduleSyntax.test(text) || dynamicImport.test(text)
}

/** What `node -e` was given. */
function evaluated(): string {
  const text = (process as { _eval?: unknown })._eval
  return typeof text === 'string' ? text : 'import ""'
}

function fileText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** The `type` of the nearest `package.json`; `null` where that has none: then the code itself decides. */
function packageType(folder: string): string | null {
  const text = fileText(join(folder, 'package.json'))
  if (text === null) {
    const parent = dirname(folder)
    return parent === folder ? null : packageType(parent)
  }
  try {
    const { type } = JSON.parse(text) as { type?: unknown }
    return typeof type === 'string' ? type : null
  } catch {
    return 'module'
  }
}
