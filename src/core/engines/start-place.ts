/**
 * Engines started at the same place are siblings: how many were stopped, where, and how long they ran until then, shows the
 * stop that one missed.
 */

import type { EngineRecord, StartPlace } from '../records/engine-record.ts'
import type { Lifetimes } from '../records/lifetimes.ts'
import { attempt } from '../self/faults.ts'
import type { CapturedStack } from '../stacks/captured-stack.ts'
import { programFrame, programSite } from '../stacks/sites.ts'
import { state, type UncountedStop } from './state.ts'

const stopsKept = 8
/** So many stops at once are all read. */
const readAtOnce = 64
/** Programs start engines at some hundred places; this bounds those that generate code. */
const placesLimit = 10_000
/** How deep the next stacks of a class are, whose own code is further out than the last showed. */
const deeper: Readonly<Record<number, number>> = { 1: 3, 3: 32 }

/** A record as this module writes it. */
type Placed = { -readonly [Field in 'place' | 'stoppedPlaces']: EngineRecord[Field] }

/** The place where `record` was started, with its siblings; counts it when first asked. */
export function startPlace(record: EngineRecord): StartPlace | null {
  if (record.place !== null) return record.place
  const place = placeOf(record.name, record.started ?? record.created)
  if (place !== null) {
    place.started += 1
    ;(record as Placed).place = place
  } else deepen(record)
  return place
}

function deepen({ cls }: EngineRecord): void {
  if (cls !== null) cls.depth = deeper[cls.depth] ?? cls.depth
}

/** Its start has failed: there is nothing that a stop could have been missed of. */
export function uncountStart(record: EngineRecord): void {
  if (record.place === null) return
  record.place.started -= 1
  ;(record as Placed).place = null
}

export function placeOf(name: string, stack: CapturedStack | null): StartPlace | null {
  const frame = stack === null ? null : programFrame(stack)
  if (frame === null || frame.line === null) return null
  const known = state.placesOfFrames.get(frame)?.get(name)
  if (known !== undefined) return known
  // The same place has several frames where its method was called on instances of several classes.
  const key = `${name} ${frame.file}:${frame.line}:${frame.column}`
  let place = state.places.get(key)
  if (place === undefined) {
    if (state.places.size === placesLimit) return null
    place = { frame, started: 0, stopped: 0, stoppedAt: new Map(), lifetimes: null, growth: null }
    state.places.set(key, place)
  }
  const ofFrame = state.placesOfFrames.get(frame)
  if (ofFrame === undefined) state.placesOfFrames.set(frame, new Map([[name, place]]))
  else ofFrame.set(name, place)
  return place
}

/** Counts the stop of `record` at its start place: once its stack has been read, with all others. */
export function countStop(record: EngineRecord): void {
  const { started, created, stopped, place } = record
  const stack = started ?? created
  const parent = record.parent?.state === 'stopping' ? null : record.parent
  const ranMs = wholeMs((record.stopCalledAt ?? 0) - record.startedAt)
  if (place !== null) count(place, stopped, parent, ranMs)
  else if (stack !== null) {
    state.uncountedStops.push({ record, started: stack, stopped, parent, ranMs, weight: 1 })
  }
}

/** Its stop was none. */
export function uncountStop(record: EngineRecord): void {
  const others = state.uncountedStops.filter((stop) => stop.record !== record)
  if (others.length === state.uncountedStops.length && record.place !== null) record.place.stopped -= 1
  state.uncountedStops = others
}

/** Learns from an engine that ended by itself after `ms`: its siblings may do the same. */
export function countEnd(record: EngineRecord, ms: number): void {
  const place = startPlace(record)
  if (place !== null) learn(place, wholeMs(ms))
}

/** Of an engine that has stopped and left nothing, only the place is read; where there are thousands, of some of them. */
export function abridgeStops(): void {
  if (state.uncountedStops.length > readAtOnce) {
    const { chosenStops } = require('./chosen-stops.js') as typeof import('./chosen-stops.ts')
    state.uncountedStops = chosenStops(state.uncountedStops)
  }
  for (const stop of state.uncountedStops) if (isBrief(stop)) stop.started.abridge()
}

/** Nothing is left of this start. */
export function isBrief({ record, started }: UncountedStop): boolean {
  return !record.holds || record.started !== started
}

/** Counts the stops whose stacks have been read by now. */
export function countStops(): void {
  const stops = state.uncountedStops
  state.uncountedStops = []
  for (const { record, started, stopped, parent, ranMs, weight } of stops) {
    const place = record.place ?? placeOf(record.name, started)
    if (place === null) {
      deepen(record)
      continue
    }
    if (record.place === null) place.started += weight
    place.stopped += weight - 1
    if ((record.started ?? record.created) === started) (record as Placed).place = place
    count(place, stopped, parent, ranMs)
  }
}

export function count(
  place: StartPlace,
  stopped: CapturedStack | null,
  parent: EngineRecord | null,
  ranMs: number,
): void {
  place.stopped += 1
  learn(place, ranMs)
  if (parent !== null) {
    const stoppedPlaces = parent.stoppedPlaces ?? new Set()
    ;(parent as Placed).stoppedPlaces = stoppedPlaces.add(place)
  }
  if (place.stoppedAt.size >= stopsKept) return
  const at = programSite(stopped)
  if (at !== null) place.stoppedAt.set(`${at.file}:${at.line}`, at)
}

function learn(place: StartPlace, ms: number): void {
  if (place.lifetimes === null) {
    attempt('learning how long engines run', () => {
      place.lifetimes = makeLifetimes()
    })
  }
  place.lifetimes?.add(ms)
}

/** Loaded with the first engine that is stopped. */
function makeLifetimes(): Lifetimes {
  const { Lifetimes } = require('../records/lifetimes.js') as typeof import('../records/lifetimes.ts')
  return new Lifetimes()
}

const mostMs = 2 ** 31 - 1

/** A number that V8 keeps in a field without allocating. */
export function wholeMs(ms: number): number {
  return ms > 0 ? Math.min(ms, mostMs) | 0 : 0
}
