/** Engines started at the same place are siblings: how many were stopped, and where, shows the stop that one missed. */
import type { EngineRecord, StartPlace } from './engine-record.ts'
import { programPlace } from './places.ts'

const stopsKept = 8
/** Programs start engines at some hundred places; this bounds those that generate code. */
const placesLimit = 10_000
const places = new Map<string, StartPlace>()

/** The place where `record` was started, with its siblings; counts it when first asked. */
export function startPlace(record: EngineRecord): StartPlace | null {
  if (record.place !== null) return record.place
  const at = programPlace(record.started ?? record.created)
  if (at === null) return null
  const key = `${record.name} ${at.file}:${at.line}:${at.column}`
  let place = places.get(key)
  if (place === undefined) {
    if (places.size === placesLimit) return null
    place = { started: 0, stopped: 0, stoppedAt: new Map() }
    places.set(key, place)
  }
  place.started += 1
  record.place = place
  return place
}

/** Counts the stop of `record` at its start place. */
export function countStop(record: EngineRecord): void {
  const place = startPlace(record)
  if (place === null) return
  place.stopped += 1
  noteForParent(record, place)
  if (place.stoppedAt.size >= stopsKept) return
  const at = programPlace(record.stopped)
  if (at !== null) place.stoppedAt.set(`${at.file}:${at.line}`, at)
}

function noteForParent({ parent }: EngineRecord, place: StartPlace): void {
  if (parent === null || parent.state === 'stopping') return
  parent.stoppedPlaces ??= new Set()
  parent.stoppedPlaces.add(place)
}
