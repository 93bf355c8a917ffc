/** Every metric, by its names and how it is read off a measurement. Add one by adding a row; README.md beside this file lists them. */
import { now } from '../core/time/clock.ts'
import type { FoundLeak } from '../live/leaks-of-checks.ts'
import { other } from './labelled-places.ts'
import type { Measurement } from './measurement.ts'
import { siteLabel, unknownSite } from './site-label.ts'

/** What is told of the process itself. */
export interface Identity {
  readonly service: string
  readonly version: string
  readonly node: string
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  /** For Prometheus, without `leakwatch_`. */
  readonly name: string
  /** For OpenTelemetry, without `leakwatch.`. `null`: its resource says the same. */
  readonly dotted: string | null
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** In UCUM: `s`, or what is counted in braces. */
  readonly unit: string
  /** How processes of a cluster are put together. */
  readonly aggregator: 'sum' | 'max'
  samples(measured: Measurement, identity: Identity): Sample[]
}

const ofEngines = { unit: '{engine}', aggregator: 'sum' } as const
const inSeconds = { unit: 's', aggregator: 'sum' } as const
const oldest = { type: 'gauge', unit: 's', aggregator: 'max' } as const

export const families: readonly Family[] = [
  {
    name: 'info',
    dotted: null,
    type: 'gauge',
    help: 'The watched process: its service, and the versions of leakwatch and Node.js.',
    unit: '1',
    aggregator: 'max',
    samples: (_, { service, version, node }) => [{ labels: { service, version, node }, value: 1 }],
  },
  {
    ...ofEngines,
    name: 'engines_running',
    dotted: 'engine.count',
    type: 'gauge',
    help: 'Engines and leases that were started and have not ended, by name and by where they were started.',
    samples: ({ places }) => places.map((each) => ({ labels: placeLabels(each), value: each.running })),
  },
  {
    ...ofEngines,
    name: 'engines_started_total',
    dotted: 'engine.started',
    type: 'counter',
    help: 'Engines and leases that were started.',
    samples: ({ places }) => places.map((each) => ({ labels: placeLabels(each), value: each.started })),
  },
  {
    ...ofEngines,
    name: 'engines_stopped_total',
    dotted: 'engine.stopped',
    type: 'counter',
    help: 'Engines and leases that were stopped or given back, ended by themselves or were garbage-collected.',
    samples: ({ places }) => places.map((each) => ({ labels: placeLabels(each), value: each.stopped })),
  },
  {
    ...oldest,
    name: 'engines_oldest_age_seconds',
    dotted: 'engine.oldest_age',
    help: 'How long the oldest of the running engines has run.',
    samples: ({ places }) =>
      places.map((each) => ({
        labels: placeLabels(each),
        value: each.running === 0 ? 0 : age(each.oldestAt),
      })),
  },
  {
    name: 'pool_waiters',
    dotted: 'lease.pending_requests',
    type: 'gauge',
    unit: '{caller}',
    aggregator: 'sum',
    help: 'Callers that wait for a lease of an exhausted pool, by the pool and by where it was started.',
    samples: ({ waiters }) => waiters.map((each) => ({ labels: placeLabels(each), value: each.count })),
  },
  {
    ...oldest,
    name: 'pool_longest_wait_seconds',
    dotted: 'lease.longest_wait',
    help: 'How long the first of those callers has waited.',
    samples: ({ waiters }) =>
      waiters.map((each) => ({
        labels: placeLabels(each),
        value: each.since === null ? 0 : age(each.since),
      })),
  },
  {
    name: 'handles',
    dotted: 'handle.count',
    type: 'gauge',
    unit: '{handle}',
    aggregator: 'sum',
    help: 'Live handles, by type.',
    samples: ({ handles }) => [...handles].map(([type, value]) => ({ labels: { type }, value })),
  },
  {
    name: 'findings',
    dotted: 'finding.count',
    type: 'gauge',
    unit: '{engine}',
    aggregator: 'sum',
    help: 'Engines or handles that the last check of the process found to be leaks, by kind, name and place.',
    samples: ({ leaks }) => findings(leaks ?? []),
  },
  {
    ...oldest,
    name: 'shutdown_seconds',
    dotted: 'shutdown.duration',
    help: 'How long the process has been shutting down; 0: it is not.',
    samples: ({ shutdownAt }) => one(shutdownAt === null ? 0 : age(shutdownAt)),
  },
  {
    name: 'stacks_captured_total',
    dotted: 'stack.captured',
    type: 'counter',
    unit: '{stack}',
    aggregator: 'sum',
    help: 'Stacks that leakwatch has captured.',
    samples: ({ own }) => one(own.stacksCaptured),
  },
  {
    name: 'stacks_skipped_total',
    dotted: 'stack.skipped',
    type: 'counter',
    unit: '{stack}',
    aggregator: 'sum',
    help: 'Handles that have no stack of their own, as the budget did not cover it.',
    samples: ({ own }) => one(own.stacksSkipped),
  },
  {
    ...inSeconds,
    name: 'stacks_seconds_total',
    dotted: 'stack.time',
    type: 'counter',
    help: 'CPU time that stacks within the budget have taken.',
    samples: ({ own }) => one(own.stacksMs / 1000),
  },
  {
    ...inSeconds,
    name: 'metrics_seconds_total',
    dotted: 'metric.time',
    type: 'counter',
    help: 'CPU time that these metrics have taken.',
    samples: ({ own }) => one(own.looksMs / 1000),
  },
  {
    name: 'faults_total',
    dotted: 'fault.count',
    type: 'counter',
    unit: '{fault}',
    aggregator: 'sum',
    help: "Errors of leakwatch's own, which never reach the program.",
    samples: ({ own }) => one(own.faults),
  },
]

/** Findings that have a label of their own. */
export const findingsLimit = 40

function findings(leaks: readonly FoundLeak[]): Sample[] {
  const rows = new Map<string, { labels: Record<string, string>; value: number }>()
  const most = [...leaks].sort((a, b) => b.count - a.count)
  for (const [index, { kind, name, site, count }] of most.entries()) {
    const isOwn = index < findingsLimit
    const engine = isOwn ? name : other
    const place = isOwn ? (site === null ? unknownSite : siteLabel(site)) : other
    const label = `${kind} ${engine} ${place}`
    const row = rows.get(label) ?? { labels: { kind, engine, site: place }, value: 0 }
    row.value += count
    rows.set(label, row)
  }
  return [...rows.values()]
}

function placeLabels({ engine, site }: { engine: string; site: string }): Record<string, string> {
  return { engine, site }
}

function one(value: number): Sample[] {
  return [{ labels: {}, value }]
}

function age(since: number): number {
  return Math.max(0, now() - since) / 1000
}
