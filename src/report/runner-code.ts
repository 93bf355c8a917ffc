/** Code that a test runner compiled in memory: no file has it, nor its source map. */

/** What vitest keeps for its workers (3 and later): the modules that Vite's runner has evaluated. */
export interface VitestWorker {
  evaluatedModules?: { fileToModulesMap?: Map<string, Iterable<{ meta?: { code?: unknown } }>> }
}

let known: VitestWorker | null = null

/** From now on `worker` is asked. */
export function compiledBy(worker: VitestWorker): void {
  known = worker
}

/** The code of a file as vitest runs it, its source map inline; `null` where vitest did not compile it. */
export function runnerCode(file: string): string | null {
  const worker = known ?? (globalThis as { __vitest_worker__?: VitestWorker }).__vitest_worker__
  for (const { meta } of worker?.evaluatedModules?.fileToModulesMap?.get(file) ?? []) {
    if (typeof meta?.code === 'string') return meta.code
  }
  return null
}
