/**
 * Inserts registrations into what runners compile by `node:vm`: all that Jest loads, and what the vm pools of vitest load from
 * `node_modules`. Jest stores the output of its transformers on the disk; none of the registrations is stored there.
 */
import { attempt } from '../../core/self/faults.ts'
import { filePath } from '../../core/stacks/frames.ts'
import { isProgramFile, isRead } from '../../detect/transform/own-files.ts'
import { transform } from '../../detect/transform/transform.ts'
import { keepCode } from '../../report/sources/runner-code.ts'

const vm = process.getBuiltinModule('node:vm') as unknown as Record<string, object | undefined>

/** Up to Jest 30.0 a function stands around each module; later Jest uses `compileFunction`. */
const wrapper = /^\(\{"Object\.<anonymous>":function\([^)]*\)\{/
const wrapperEnd = /\n\}\}\);$/

/** Of the vm pools of vitest. */
const ofVitest = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'] as const
let isWatching = false

/** Watches all contexts of this thread. A second call changes nothing. */
export function watchCompiledCode(): void {
  if (isWatching) return
  isWatching = true
  watchCompiler('Script', 'filename', (code) => {
    const [before] = wrapper.exec(code) ?? []
    const [after] = wrapperEnd.exec(code) ?? []
    if (code.startsWith(ofVitest[0]) && code.endsWith(ofVitest[1])) return ofVitest
    return before === undefined || after === undefined ? null : [before, after]
  })
  watchCompiler('SourceTextModule', 'identifier', () => ['', ''])
  watchCompiler('compileFunction', 'filename', (_code, params) =>
    Array.isArray(params) && params[0] === 'module' && params.includes('jest') ? ['', ''] : null,
  )
}

/** Gives what stands around a module's own text; `null`: the code is none of a module's. */
type SurroundingCode = (code: string, second: unknown) => readonly [before: string, after: string] | null

/** A proxy looks like the original to everybody. */
function watchCompiler(name: string, fileKey: string, surroundingOf: SurroundingCode): void {
  const original = vm[name]
  if (original === undefined) return
  const change = (args: unknown[]): unknown[] => {
    const [code, second, third] = args
    const isThird = typeof third === 'object' && third !== null && fileKey in third
    const options = (isThird ? third : second) as Record<string, unknown> | undefined
    const file = options?.[fileKey]
    if (typeof code !== 'string' || typeof file !== 'string') return args
    const surrounding = surroundingOf(code, second)
    if (surrounding === null) return args
    const [before, after] = surrounding
    const body = code.slice(before.length, code.length - after.length)
    return [before + withRegistrations(body, file) + after, ...args.slice(1)]
  }
  const proxy: object = new Proxy(original, {
    apply: (target, self, args) => Reflect.apply(target as () => unknown, self, change(args)),
    construct: (target, args, newTarget) =>
      Reflect.construct(
        target as new () => object,
        change(args),
        newTarget === proxy ? (target as never) : newTarget,
      ),
  })
  vm[name] = proxy
}

function withRegistrations(code: string, file: string): string {
  const name = filePath(file) ?? file
  if (!/^(?:[\\/]|[A-Za-z]:)/.test(name) || !isRead(name)) return code
  let changed = code
  attempt('reading what a runner compiles', () => {
    changed = transform(code, name) ?? code
    if (isProgramFile(name)) keepCode(name, changed)
  })
  return changed
}
