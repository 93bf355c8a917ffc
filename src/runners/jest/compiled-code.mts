/**
 * Inserts registrations into what Jest compiles, and keeps the source maps. Jest stores the output of its transformers on the disk, and
 * compiles it by `node:vm`. The registrations are inserted there, so that none is stored on the disk.
 */
import { ownModule } from '../../packaging/own-modules.mts'

const vm = process.getBuiltinModule('node:vm') as unknown as Record<string, object | undefined>

/** Up to Jest 30.0 a function stands around each module; later Jest uses `compileFunction`. */
const wrapper = /^\(\{"Object\.<anonymous>":function\([^)]*\)\{/
const wrapperEnd = /\n\}\}\);$/

/** Watches all contexts of this thread. */
export function watchJestCode(): void {
  watchCompiler('Script', 'filename', (code) => {
    const [before] = wrapper.exec(code) ?? []
    const [after] = wrapperEnd.exec(code) ?? []
    return before === undefined || after === undefined ? null : [before, after]
  })
  watchCompiler('SourceTextModule', 'identifier', () => ['', ''])
  watchCompiler('compileFunction', 'filename', (_code, params) =>
    Array.isArray(params) && params[0] === 'module' && params.includes('jest') ? ['', ''] : null,
  )
}

/** Gives what stands around a module's own text; `null`: the module is none of Jest's. */
type SurroundingCode = (code: string, second: unknown) => readonly [before: string, after: string] | null

/** A proxy looks like the original to everybody. */
function watchCompiler(name: string, fileKey: string, surroundingOf: SurroundingCode): void {
  const original = vm[name]
  if (original === undefined) return
  const change = (args: unknown[]): unknown[] => {
    const [code, second, third] = args
    const options = (fileKey in Object(third) ? third : second) as Record<string, unknown> | undefined
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
  const path = ownModule('core/stacks/frames.js') as typeof import('../../core/stacks/frames.ts')
  const name = path.filePath(file) ?? file
  const { isProgramFile } = ownModule(
    'detect/transform/own-files.js',
  ) as typeof import('../../detect/transform/own-files.ts')
  if (!/^(?:[\\/]|[A-Za-z]:)/.test(name) || !isProgramFile(name)) return code
  const { attempt } = ownModule('core/self/faults.js') as typeof import('../../core/self/faults.ts')
  let changed = code
  attempt('reading what Jest compiles', () => {
    const { transform } = ownModule(
      'detect/transform/transform.js',
    ) as typeof import('../../detect/transform/transform.ts')
    changed = transform(code, name) ?? code
    const { keepCode } = ownModule(
      'report/sources/runner-code.js',
    ) as typeof import('../../report/sources/runner-code.ts')
    keepCode(name, changed)
  })
  return changed
}
