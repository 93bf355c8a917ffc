/** Code that a test runner compiled in memory: no file has it, nor its source map. */

/** What vitest keeps for its workers: the modules that Vite's runner has evaluated. */
export interface VitestWorker {
  evaluatedModules?: { fileToModulesMap?: Map<string, Iterable<{ meta?: Compiled }>> }
  /** Of vitest 3. */
  moduleCache?: Map<string, Compiled>
}

interface Compiled {
  code?: unknown
  /** Since vitest 5 it stands beside the code. */
  sourceMap?: unknown
}

let known: VitestWorker | null = null
const kept = new Map<string, string>()

/** From now on `worker` is asked. */
export function compiledBy(worker: VitestWorker): void {
  known = worker
}

/** From now on this is what runs of a file; one without a source map is as the file has it. */
export function keepCode(file: string, code: string): void {
  if (code.includes('sourceMappingURL=data:')) kept.set(file, code)
}

/** The code of a file as the runner runs it, its source map inline; `null` where the runner did not compile it. */
export function runnerCode(file: string): string | null {
  const own = kept.get(file)
  if (own !== undefined) return own
  const worker = known ?? (globalThis as { __vitest_worker__?: VitestWorker }).__vitest_worker__
  for (const { meta } of worker?.evaluatedModules?.fileToModulesMap?.get(file) ?? []) {
    if (typeof meta?.code === 'string') return withMap(meta.code, meta.sourceMap)
  }
  const cached = worker?.moduleCache
  // Its own `get` makes what is not there.
  const code = cached === undefined ? null : Map.prototype.get.call(cached, file)?.code
  return typeof code === 'string' ? code : null
}

function withMap(code: string, map: unknown): string {
  if (typeof map !== 'string') return code
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
}
