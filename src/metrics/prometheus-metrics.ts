/** The metrics as `prom-client` has them: objects of its public `Metric`, read when the registry is. leakwatch needs no class of that package. */
import type { Inside } from '../api/api.ts'
import type { Family, Sample } from './families.ts'
import { metricsSource } from './source.ts'

/** What is asked of a registry of `prom-client`. */
export interface Registry {
  registerMetric(metric: object): void
  removeSingleMetric(name: string): void
  getSingleMetric(name: string): object | undefined
}

interface MetricValues {
  name: string
  help: string
  type: Family['type']
  aggregator: Family['aggregator']
  values: readonly Sample[]
}

interface Metric extends Omit<MetricValues, 'values'> {
  get(): Promise<MetricValues>
  reset(): void
}

/** Registers them. Gives its undo. Those that another copy of leakwatch has registered stay. */
export function registerMetrics(registry: Registry, inside: Inside): () => void {
  const source = metricsSource(inside)
  const metrics = source.families.map((family): Metric => {
    const { help, type, aggregator } = family
    return {
      name: `leakwatch_${family.name}`,
      help,
      type,
      aggregator,
      async get() {
        const values = await source.samples(family)
        // A registry of OpenMetrics gives counters another name.
        return { name: this.name, help, type, aggregator, values }
      },
      // They are what has happened: that cannot be undone.
      reset() {},
    }
  })
  const added = metrics.filter(({ name }) => registry.getSingleMetric(name) === undefined)
  const names = added.map(({ name }) => name)
  for (const metric of added) registry.registerMetric(metric)
  return () => {
    for (const [index, name] of names.entries())
      if (registry.getSingleMetric(name) === added[index]) registry.removeSingleMetric(name)
  }
}
