/**
 * ES modules on Node before 22.15, where no hook of the loader's runs in this thread. Node reads their text through
 * `fs.promises.readFile`, which it looks up at each call (20.19 to 20.20 and 22.12 to 22.14,
 * `lib/internal/modules/esm/load.js`): there they are seen, for next to nothing. Loaders of others read them in a thread of
 * their own; where there are such, or may be, ours goes there too, for some 40 ms. What a module that was required imports is
 * read past both.
 *
 * Nothing tells which of Node's modules they import. So all that has to be changed of these is changed before the first ES module
 * comes: that loads a third of what Node has, and a program of CommonJS alone is not to wait for it.
 */
import { join } from 'node:path'
import { attempt } from '../../core/self/faults.ts'
import { captureStack } from '../../core/stacks/captured-stack.ts'
import { filePath, homeFolder } from '../../core/stacks/frames.ts'
import { scriptNames } from '../../core/stacks/script-names.ts'
import { type AnyFunction, replaceFunction, wrapProperty } from '../lifecycle/wrap.ts'
import { anyModuleRequested } from '../node/builtin-requests.ts'
import { isOwnFile } from '../transform/own-files.ts'
import { type EsModules, mayAskForOne, mayImport, type Transform } from './es-modules.ts'

const nodeModule = process.getBuiltinModule('node:module')
const { register } = nodeModule
const nodeFs = process.getBuiltinModule('node:fs')
const { pathToFileURL } = process.getBuiltinModule('node:url')

const loaderFile = 'node:internal/modules/esm/load'
const noCode = /\.(?:json|node|wasm)$/

let isStarted = false

/** `options` is what Node was started with. Its undo leaves hooks of a loader thread. */
export function watchOldLoader(transform: Transform, options: readonly string[]): EsModules {
  let undos: readonly (() => void)[] | null = null
  const begin = (): void => {
    if (undos !== null) return
    undoWaiting()
    attempt('preparing for ES modules', anyModuleRequested)
    undos = watchReading(transform, options)
  }
  // Who registers last is called first: ours is to see what theirs make of a file, not they what ours does.
  const undoWaiting = replaceFunction(
    nodeModule,
    'register',
    () =>
      function (this: unknown, ...args: unknown[]): unknown {
        begin()
        return Reflect.apply(nodeModule.register, this, args)
      },
  )
  if (mayImport(options, process.argv[1])) begin()
  return {
    begin,
    mayCome: (text, format) => undos === null && mayAskForOne(text, format),
    undo: () => {
      undoWaiting()
      for (const undo of undos ?? []) undo()
    },
  }
}

function watchReading(transform: Transform, options: readonly string[]): (() => void)[] {
  if (hasLoaders(options)) startThread()
  const undos = [
    wrapProperty(nodeFs.promises, 'readFile', (original, self, args, entry) => {
      const reading = Reflect.apply(original, self, args)
      return isModule(args, entry) ? transformed(String(args[0]), reading, transform) : reading
    }),
    wrapProperty(nodeModule, 'register', (original, self, args) => {
      const result = Reflect.apply(original, self, args)
      startThread()
      return result
    }),
  ]
  nodeModule.syncBuiltinESMExports()
  return [...undos.map(({ undo }) => undo ?? (() => {})), nodeModule.syncBuiltinESMExports]
}

function startThread(): void {
  if (isStarted) return
  // A process that may start no thread goes on without.
  attempt('starting a loader thread', () => {
    register(pathToFileURL(join(__dirname, 'loader-thread.js')), { data: homeFolder() })
    isStarted = true
  })
}

/** Whether `entry` was called by Node's loader for a file that holds code. */
function isModule(args: readonly unknown[], entry: AnyFunction): boolean {
  const [url, ...others] = args
  if (isStarted || others.length > 0 || !(url instanceof URL) || noCode.test(url.pathname)) return false
  // The names alone cost a third; a program that froze `Error` lets only the text be read.
  const caller = scriptNames(entry, 1)[0] ?? captureStack(entry, 1)?.frames[0]?.file
  return caller === loaderFile
}

async function transformed(url: string, reading: unknown, transform: Transform): Promise<unknown> {
  const source = (await reading) as Uint8Array
  return transform(url, { format: 'module', source }).source
}

/** Loaders that are there already: of a flag of their own, or of a preload before this one. Later ones are seen to come. */
export function hasLoaders(options: readonly string[]): boolean {
  const words = options.flatMap((option) => option.split(/[\s=]+/))
  if (words.some((word) => word === '--loader' || word === '--experimental-loader')) return true
  const preloads = words.flatMap((word, index) => (words[index - 1] === '--import' ? [word] : []))
  return preloads.length > 0 && !isOwn(preloads[0] as string)
}

function isOwn(preload: string): boolean {
  const path = preload.startsWith('.') ? join(process.cwd(), preload) : filePath(preload)
  // By its name, or by where it stands: a checkout may have another name, and another preload may be a dependency.
  return preload.includes('leakwatch') || isOwnFile(path ?? '')
}
