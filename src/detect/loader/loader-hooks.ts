/**
 * ES modules on Node since 22.15, through `module.registerHooks`. Hooks make each CommonJS module dearer, too, by 10 µs. So they wait until
 * the program may import something, or require an ES module: its main file is one, or the text of a module says `import`.
 */
import { join } from 'node:path'
import { attempt } from '../../core/self/faults.ts'
import { replaceFunction } from '../lifecycle/wrap.ts'
import { moduleRequested } from '../node/builtin-requests.ts'
import type { Loaded } from '../transform/transform-module.ts'
import { type EsModules, mayAskForOne, mayImport, type Transform } from './es-modules.ts'

const nodeModule = process.getBuiltinModule('node:module')

interface LoadContext {
  /** Of an `import` only. */
  importAttributes?: unknown
  conditions?: readonly string[]
}

type Load = (url: string, context: LoadContext, next: (url: string, context: LoadContext) => Loaded) => Loaded

export type RegisterHooks = (hooks: { load: Load }) => { deregister(): void }

/** Where `holder._compile` is the one of now, a required CommonJS module comes to it, and is left to it. */
export function watchLoaderHooks(
  registerHooks: RegisterHooks,
  transform: Transform,
  holder: { _compile: unknown },
  options: readonly string[],
): EsModules {
  const compile = holder._compile
  let ownUrl = ''
  const load: Load = (url, context, next) => {
    if (url.startsWith('node:')) moduleRequested(url)
    const loaded = next(url, context)
    if (!url.startsWith('file:') || url.startsWith(ownUrl)) return loaded
    const current = holder._compile
    if (current === compile && isRequired(loaded, context)) return loaded
    // Who has replaced `_compile` may not call ours, nor know the language of what reads a source.
    Reflect.set(holder, '_compile', compile)
    const changed = transform(url, loaded)
    Reflect.set(holder, '_compile', current)
    return changed
  }
  let isWaiting = true
  let deregister = (): void => {}
  // Hooks that come first are called last: ours are to see the file as it is.
  const undoRegistering = replaceFunction(
    nodeModule,
    'registerHooks',
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        begin()
        return Reflect.apply(original, this, args)
      },
  )
  function stopWaiting(): void {
    isWaiting = false
    undoRegistering()
  }
  function begin(): void {
    if (!isWaiting) return
    stopWaiting()
    attempt('hooks of the loader', () => {
      const { pathToFileURL } = process.getBuiltinModule('node:url')
      ownUrl = pathToFileURL(join(__dirname, '../../')).href
      const hooks = registerHooks({ load })
      deregister = () => hooks.deregister()
    })
  }
  if (mayImport(options, process.argv[1])) begin()
  return {
    begin,
    mayCome: (text, format) => isWaiting && mayAskForOne(text, format),
    undo: () => {
      stopWaiting()
      deregister()
    },
  }
}

/** Whether it comes to `_compile` next. A hook of `require` may compile TypeScript before, and check its types: ts-node. */
function isRequired({ format }: Loaded, { importAttributes, conditions }: LoadContext): boolean {
  const isCommonJs = format === 'commonjs' || format === 'commonjs-typescript'
  return isCommonJs && importAttributes === undefined && conditions?.includes('require') === true
}
