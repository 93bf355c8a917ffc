/** `leakwatch/prometheus`: imported, it registers leakwatch's metrics with `prom-client`. CommonJS, for `import` and `require`. */
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Registry } from './metrics/prometheus-metrics.ts'
import { complain, expectMethods, watchedProcess } from './metrics/watched-process.ts'

/** A `Registry` of `prom-client`, of any copy of it. */
export interface PrometheusRegistry {
  registerMetric(metric: never): void
  removeSingleMetric(name: string): void
  getSingleMetric(name: string): unknown
}

type Metrics = typeof import('./metrics/prometheus-metrics.ts')

const methods: readonly (keyof Registry)[] = ['registerMetric', 'removeSingleMetric', 'getSingleMetric']
/** The registries that have the metrics, each with its undo. */
const registered = new Map<PrometheusRegistry, () => void>()
/** Of the import alone: whoever calls `collect` says where they belong. */
let byImport: (() => void) | null = null
const nothing = (): void => {}

/**
 * Registers the metrics with this registry, by default the global one of `prom-client`. Gives its undo. Where leakwatch does not watch
 * this process, or there is no `prom-client`, one line on stderr says so.
 * @throws TypeError where `registry` is none.
 */
export function collect(registry?: PrometheusRegistry): () => void {
  if (registry !== undefined)
    expectMethods(registry, methods, (errors, got) => errors.LEAKWATCH_METRICS_REGISTRY(got))
  byImport?.()
  byImport = null
  const inside = watchedProcess('leakwatch/prometheus')
  const given = registry ?? (inside === null ? null : globalRegistry())
  if (inside === null || given === null) return nothing
  // Anew: the program may have cleared the registry.
  registered.get(given)?.()
  const { registerMetrics } = inside.module('metrics/prometheus-metrics.js') as Metrics
  const undo = registerMetrics(given as unknown as Registry, inside)
  registered.set(given, undo)
  return undo
}

/** That of the program's copy, else of the one that the working directory or leakwatch's own folder leads to. */
function globalRegistry(): PrometheusRegistry | null {
  const folders = [() => realpathSync(process.argv[1] ?? ''), () => `${process.cwd()}/`, () => __filename]
  let got: string | null = null
  for (const folder of folders) {
    try {
      const { register } = createRequire(folder())('prom-client') as { register: PrometheusRegistry }
      if (methods.every((method) => typeof register[method] === 'function')) return register
    } catch (error) {
      const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
      if (!line.includes("'prom-client'")) got ??= line
    }
  }
  complain((errors) => errors.LEAKWATCH_METRICS_CLIENT(got ?? 'none'))
  return null
}

try {
  byImport = collect()
} catch {
  // That metrics are missing is no reason to end a program.
}
