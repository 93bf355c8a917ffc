/** The metrics as observable instruments of an OpenTelemetry meter. */
import type { Inside } from '../api/api.ts'
import { recordFault } from '../core/self/faults.ts'
import { later, now } from '../core/time/clock.ts'
import type { Family, Sample } from './families.ts'
import { metricsSource } from './source.ts'

type Attributes = Record<string, string | number>

interface BatchResult {
  observe(instrument: object, value: number, attributes: Attributes): void
}

type Observe = (result: BatchResult) => Promise<void>
type Create = (name: string, options: { description: string; unit: string }) => object

/** What is asked of a meter. */
export interface Meter {
  createObservableCounter: Create
  createObservableUpDownCounter: Create
  createObservableGauge: Create
  addBatchObservableCallback(callback: Observe, instruments: object[]): void
  removeBatchObservableCallback(callback: Observe, instruments: object[]): void
}

export interface Meters {
  getMeter(name: string, version: string): Meter
}

/** Makes them, and observes them whenever they are read. Gives its undo. */
export function makeInstruments(meters: Meters, inside: Inside): () => void {
  const source = metricsSource(inside)
  const meter = meters.getMeter('leakwatch', source.version)
  const made = source.families.flatMap((family) =>
    family.dotted === null ? [] : [{ family, instrument: instrumentOf(meter, family, family.dotted) }],
  )
  const instruments = made.map(({ instrument }) => instrument)
  const observe: Observe = async (result) => {
    for (const { family, instrument } of made)
      for (const { labels, value } of await source.samples(family))
        result.observe(instrument, value, attributesOf(labels))
  }
  meter.addBatchObservableCallback(observe, instruments)
  return () => meter.removeBatchObservableCallback(observe, instruments)
}

function instrumentOf(meter: Meter, { type, aggregator, help, unit }: Family, dotted: string): object {
  const name = `leakwatch.${dotted}`
  const options = { description: help, unit }
  if (type === 'counter') return meter.createObservableCounter(name, options)
  if (aggregator === 'sum') return meter.createObservableUpDownCounter(name, options)
  return meter.createObservableGauge(name, options)
}

/** By the semantic conventions: a place is a file's path and a line. */
function attributesOf({ engine, site, kind, type }: Sample['labels']): Attributes {
  return {
    ...(kind === undefined ? {} : { 'leakwatch.finding.kind': kind }),
    ...(type === undefined ? {} : { 'leakwatch.handle.type': type }),
    ...(engine === undefined ? {} : { 'leakwatch.engine.name': engine }),
    ...(site === undefined ? {} : placeOf(site)),
  }
}

function placeOf(site: string): Attributes {
  const [, path, line] = /^(.+):(\d+)$/.exec(site) ?? []
  if (path === undefined) return { 'code.file.path': site }
  return { 'code.file.path': path, 'code.line.number': Number(line) }
}

/** Every copy of `@opentelemetry/api` 1.x keeps its global provider there, so that none of them has to be found. */
const api = Symbol.for('opentelemetry.js.api.1')

function globalMeters(): Meters | null {
  return (globalThis as { [api]?: { metrics?: Meters } })[api]?.metrics ?? null
}

const firstWaitMs = 100
const longestWaitMs = 30_000

/**
 * The same with the global provider. Instruments of the one that stands in until a program has set its own never work, so it is waited for.
 * `tellMissing`: there is none after so many seconds.
 */
export function whenMetersAreSet(inside: Inside, tellMissing: (seconds: number) => void): () => void {
  let undo: (() => void) | null = null
  let cancel: (() => void) | null = null
  const from = now()
  let isTold = false
  const look = (waitMs: number): void => {
    cancel = null
    const meters = globalMeters()
    if (meters !== null) {
      try {
        undo = makeInstruments(meters, inside)
      } catch (error) {
        recordFault('making instruments', error)
      }
      return
    }
    if (!isTold && now() - from >= longestWaitMs) {
      isTold = true
      tellMissing(longestWaitMs / 1000)
    }
    cancel = later(waitMs, () => look(Math.min(waitMs * 2, longestWaitMs)))
  }
  look(firstWaitMs)
  return () => {
    cancel?.()
    undo?.()
    cancel = null
    undo = null
  }
}
