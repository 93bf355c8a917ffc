/**
 * Registrations in what Jest compiles, and the source maps of that. Jest keeps what its transformers make of a file on the disk, and
 * compiles it from there: between the two is `node:vm`, and nothing of it stays on the disk.
 */
import { ownModule } from '../own-modules.mts'

const vm = process.getBuiltinModule('node:vm') as unknown as Record<string, object | undefined>

/** Jest puts a function around a module up to 30.0; later `compileFunction` does. */
const wrapper = /^\(\{"Object\.<anonymous>":function\([^)]*\)\{/
const wrapperEnd = /\n\}\}\);$/

/** In all contexts of this thread. */
export function watchJestCode(): void {
  replace('Script', 'filename', (code) => {
    const [before] = wrapper.exec(code) ?? []
    const [after] = wrapperEnd.exec(code) ?? []
    return before === undefined || after === undefined ? null : [before, after]
  })
  replace('SourceTextModule', 'identifier', () => ['', ''])
  replace('compileFunction', 'filename', (_code, params) =>
    Array.isArray(params) && params[0] === 'module' && params.includes('jest') ? ['', ''] : null,
  )
}

/** What stands around a module's own text; `null`: it is none of Jest's. */
type Frame = (code: string, second: unknown) => readonly [before: string, after: string] | null

/** As a proxy it is what it was, to all who look at it. */
function replace(name: string, fileKey: string, frameOf: Frame): void {
  const original = vm[name]
  if (original === undefined) return
  const change = (args: unknown[]): unknown[] => {
    const [code, second, third] = args
    const options = (fileKey in Object(third) ? third : second) as Record<string, unknown> | undefined
    const file = options?.[fileKey]
    if (typeof code !== 'string' || typeof file !== 'string') return args
    const frame = frameOf(code, second)
    if (frame === null) return args
    const [before, after] = frame
    const body = code.slice(before.length, code.length - after.length)
    return [before + compiled(body, file) + after, ...args.slice(1)]
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

function compiled(code: string, file: string): string {
  const path = ownModule('core/file-path.js') as typeof import('../core/file-path.ts')
  const name = path.filePath(file) ?? file
  const { isProgramFile } = ownModule('detect/own-files.js') as typeof import('../detect/own-files.ts')
  if (!/^(?:[\\/]|[A-Za-z]:)/.test(name) || !isProgramFile(name)) return code
  const { attempt } = ownModule('core/faults.js') as typeof import('../core/faults.ts')
  let changed = code
  attempt('reading what Jest compiles', () => {
    const { transform } = ownModule('detect/transform.js') as typeof import('../detect/transform.ts')
    changed = transform(code, name) ?? code
    const { keepCode } = ownModule('report/runner-code.js') as typeof import('../report/runner-code.ts')
    keepCode(name, changed)
  })
  return changed
}
