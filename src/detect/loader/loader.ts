/**
 * Reads the program's own modules on their way in. CommonJS through `Module.prototype._compile`, which both `require` and `import` of a
 * CommonJS file end in. ES modules through Node's loader of these, once there is one.
 */
import { isAbsolute } from 'node:path'
import { recordFault } from '../../core/self/faults.ts'
import { compiledTexts, inlineMap } from '../../core/stacks/frames.ts'
import { replaceFunction } from '../lifecycle/wrap.ts'
import { isRead } from '../transform/own-files.ts'
import type { EsModules, Transform } from './es-modules.ts'
import { type RegisterHooks, watchLoaderHooks } from './loader-hooks.ts'

/** What reads a source is loaded with the first that there is. */
const modules = () =>
  require('../transform/transform-module.js') as typeof import('../transform/transform-module.ts')
const sources = () => require('../transform/transform.js') as typeof import('../transform/transform.ts')
const oldLoader = () => require('./old-loader.js') as typeof import('./old-loader.ts')
const nodeModule = process.getBuiltinModule('node:module')

/** Files that could not be read, for the report's `notCovered`. */
export const unreadFiles: Set<string> = new Set()

function noteUnread(file: string, error: unknown): void {
  unreadFiles.add(file)
  recordFault('reading a file', error)
}

/** `options` is what Node was started with. Returns its undo; hooks of a loader thread, on Node before 22.15, stay. */
export function watchModules(options: readonly string[]): () => void {
  let esModules: EsModules | null = null
  const modulePrototype = nodeModule.Module.prototype as unknown as { _compile: unknown }
  const undoCompile = replaceFunction(
    modulePrototype,
    '_compile',
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        return Reflect.apply(original, this, transformCompiled(args, esModules))
      },
  )
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks }
  const transform: Transform = (url, loaded) => modules().transformModule(url, loaded, noteUnread)
  esModules =
    registerHooks === undefined
      ? oldLoader().watchOldLoader(transform, options)
      : watchLoaderHooks(registerHooks, transform, modulePrototype, options)
  let leaveViteNode = () => {}
  if (/[\\/]vite-node(?:[\\/.]|$)/.test(process.argv[1] ?? '')) {
    const { watchViteNode } = require('./vite-node.js') as typeof import('./vite-node.ts')
    leaveViteNode = watchViteNode((args) => transformCompiled(args, null))
  }
  return () => {
    leaveViteNode()
    esModules?.undo()
    undoCompile()
  }
}

/** The arguments of `_compile(content, file, format)`. */
function transformCompiled(args: unknown[], esModules: EsModules | null): unknown[] {
  const [content, file, format] = args
  if (typeof content !== 'string' || typeof file !== 'string') return args
  if (esModules?.mayCome(content, format) === true) esModules.begin()
  if (!isAbsolute(file) || !isRead(file)) return args
  try {
    const source = sources().transform(content, file)
    // Its map is moved along with what was inserted.
    if (content.includes(inlineMap)) compiledTexts.set(file, source ?? content)
    else if (!/\.c?js$/.test(file)) compiledTexts.set(file, content)
    return source === null ? args : [source, ...args.slice(1)]
  } catch (error) {
    noteUnread(file, error)
    return args
  }
}
