/**
 * ES modules on Node before 22.15, where no hook of the loader's runs in this thread. Node reads their text through
 * `fs.promises.readFile`, which it looks up at each call (20.19 to 20.20 and 22.12 to 22.14,
 * `lib/internal/modules/esm/load.js`): there they are seen, for next to nothing. Loaders of others read them in a thread of
 * their own; where there are such, or may be, ours goes there too, for some 40 ms. What a module that was required imports is
 * read past both.
 */
import { join } from 'node:path'
import { filePath } from '../core/file-path.ts'
import { captureStack } from '../core/stack.ts'
import { isProgramFile } from './own-files.ts'
import type { Loaded } from './transform-module.ts'
import { type AnyFunction, wrapProperty } from './wrap.ts'

const nodeModule = process.getBuiltinModule('node:module')
const { promises } = process.getBuiltinModule('node:fs')
const { pathToFileURL } = process.getBuiltinModule('node:url')

const loaderFile = 'node:internal/modules/esm/load'
const noCode = /\.(?:json|node|wasm)$/

type Transform = (url: string, loaded: Loaded) => Loaded

let isStarted = false

/** `options` is what Node was started with. Returns its undo; hooks of a loader thread stay. */
export function watchOldLoader(transform: Transform, options: readonly string[]): () => void {
  if (mayHaveLoaders(options)) startThread()
  const undos = [
    wrapProperty(promises, 'readFile', (original, self, args, entry) => {
      const reading = Reflect.apply(original, self, args)
      return isModule(args, entry) ? transformed(String(args[0]), reading, transform) : reading
    }),
    // Theirs come after ours, and give ours what they make of a file.
    wrapProperty(nodeModule, 'register', (original, self, args) => {
      startThread()
      return Reflect.apply(original, self, args)
    }),
  ]
  return () => {
    for (const undo of undos) undo?.()
  }
}

function startThread(): void {
  if (isStarted) return
  isStarted = true
  nodeModule.register(pathToFileURL(join(__dirname, 'loader-thread.js')))
}

/** Whether `entry` was called by Node's loader for a file that holds code. */
function isModule(args: readonly unknown[], entry: AnyFunction): boolean {
  const [url, ...others] = args
  if (isStarted || others.length > 0 || !(url instanceof URL) || noCode.test(url.pathname)) return false
  return captureStack(entry, 1)?.frames[0]?.file === loaderFile
}

async function transformed(url: string, reading: unknown, transform: Transform): Promise<unknown> {
  const source = (await reading) as Uint8Array
  return transform(url, { format: 'module', source }).source
}

const loaders = new Set(['--import', '--loader', '--experimental-loader'])

/** Other preloads than this may have brought loaders of their own, or bring them. */
export function mayHaveLoaders(options: readonly string[]): boolean {
  const words = options.flatMap((option) => option.split(/[\s=]+/))
  return words.some((word, index) => loaders.has(word) && !isOwn(words[index + 1] ?? ''))
}

function isOwn(preload: string): boolean {
  const path = preload.startsWith('.') ? join(process.cwd(), preload) : filePath(preload)
  return preload.includes('leakwatch') || !isProgramFile(path ?? '')
}
