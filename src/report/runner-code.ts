/** Code that a test runner compiled in memory: no file has it, nor its source map. */

/** What vitest keeps for its workers (3 and later): the modules that Vite's runner has evaluated. */
interface VitestWorker {
  evaluatedModules?: { fileToModulesMap?: Map<string, Iterable<{ meta?: { code?: unknown } }>> }
}

/** The code of a file as vitest runs it, its source map inline; `null` where vitest did not compile it. */
export function runnerCode(file: string): string | null {
  const { __vitest_worker__: worker } = globalThis as { __vitest_worker__?: VitestWorker }
  for (const { meta } of worker?.evaluatedModules?.fileToModulesMap?.get(file) ?? []) {
    if (typeof meta?.code === 'string') return meta.code
  }
  return null
}
