/** Code that a test runner has compiled in memory. Neither the code nor its source map is in a file. */

/** What vitest keeps for its workers: the modules that Vite's runner has evaluated. */
export interface VitestWorker {
  evaluatedModules?: { fileToModulesMap?: Map<string, Iterable<{ meta?: Compiled }>> }
  /** In vitest 3. */
  moduleCache?: Map<string, Compiled>
}

interface Compiled {
  code?: unknown
  /** Since vitest 5 it stands beside the code. */
  sourceMap?: unknown
}

let vitestWorker: VitestWorker | null = null
const keptCode = new Map<string, string>()

/** From now on code is looked up in `worker`. */
export function compiledBy(worker: VitestWorker): void {
  vitestWorker = worker
}

/** From now on `code` is what runs of a file. Code without a source map is ignored: it is that of the file. */
export function keepCode(file: string, code: string): void {
  if (code.includes('sourceMappingURL=data:')) keptCode.set(file, code)
}

/** The code of a file as the runner runs it, with its source map inline. `null`: the runner did not compile it. */
export function runnerCode(file: string): string | null {
  const own = keptCode.get(file)
  if (own !== undefined) return own
  const worker = vitestWorker ?? (globalThis as { __vitest_worker__?: VitestWorker }).__vitest_worker__
  for (const { meta } of worker?.evaluatedModules?.fileToModulesMap?.get(file) ?? []) {
    if (typeof meta?.code === 'string') return withMap(meta.code, meta.sourceMap)
  }
  const cached = worker?.moduleCache
  // The cache's own `get` would add an entry.
  const code = cached === undefined ? null : Map.prototype.get.call(cached, file)?.code
  return typeof code === 'string' ? code : null
}

function withMap(code: string, map: unknown): string {
  if (typeof map !== 'string') return code
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
}
