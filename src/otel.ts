/** `leakwatch/otel`: imported, it has OpenTelemetry's global meter provider tell leakwatch's metrics. CommonJS, for `import` and `require`. */
import type { Meters } from './metrics/otel-instruments.ts'
import { complain, expectMethods, watchedProcess } from './metrics/watched-process.ts'

/** A `MeterProvider` of `@opentelemetry/api`. */
export interface OtelMeterProvider {
  getMeter(name: string, version?: string): unknown
}

type Instruments = typeof import('./metrics/otel-instruments.ts')

/** The providers that have them, each with its undo; `null`: the global one. */
const observed = new Map<OtelMeterProvider | null, () => void>()
/** Of the import alone: whoever calls `collect` says where they belong. */
let byImport: (() => void) | null = null

/**
 * Has this provider tell the metrics, by default the global one, as soon as the program has set it. Gives its undo. Where leakwatch does
 * not watch this process, or there is no provider, one line on stderr says so.
 * @throws TypeError where `provider` is none.
 */
export function collect(provider?: OtelMeterProvider): () => void {
  if (provider !== undefined)
    expectMethods(provider, ['getMeter'], (errors, got) => errors.LEAKWATCH_METRICS_METERS(got))
  byImport?.()
  byImport = null
  const inside = watchedProcess('leakwatch/otel')
  if (inside === null) return () => {}
  const given = provider ?? null
  const known = observed.get(given)
  if (known !== undefined) return known
  const { makeInstruments, whenMetersAreSet } = inside.module('metrics/otel-instruments.js') as Instruments
  const undo =
    given === null
      ? whenMetersAreSet(inside, (seconds) =>
          complain((errors) => errors.LEAKWATCH_METRICS_PROVIDER(seconds)),
        )
      : makeInstruments(given as Meters, inside)
  const end = (): void => {
    observed.delete(given)
    undo()
  }
  observed.set(given, end)
  return end
}

try {
  byImport = collect()
} catch {
  // That metrics are missing is no reason to end a program.
}
