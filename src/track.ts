/** Engines that the program names itself: `track` and `openEngine`. */
import { engineStack } from './core/budget.ts'
import type { EngineRecord } from './core/engine-record.ts'
import { engineOf, engineStarted, engineStopped, engineStopping, recordEngine } from './core/engines.ts'
import { emit } from './core/events.ts'
import { beneficiary } from './core/lending.ts'
import { contextOwner, runOwned } from './core/ownership.ts'
import { countStop } from './core/start-place.ts'
import { aroundStart, aroundStop } from './detect/lifecycle.ts'
import { startVerbs, stopSymbols, stopVerbs, verbName } from './detect/verbs.ts'
import { wrapProperty } from './detect/wrap.ts'

const stackDepth = 32

export interface TrackOptions {
  name?: string
  /** The method that starts it; by default the first start verb it has. Without one it counts as started now. */
  start?: string
  /** The method that stops it; by default the first stop verb it has. */
  stop?: string
}

/** A named engine of the program's: what `run` makes is its own, until `close`. */
export interface EngineScope {
  run<T>(body: () => T): T
  close(): void
  [Symbol.dispose](): void
}

/**
 * Follows `target` as an engine, whatever its class is called. Gives it back.
 * @throws TypeError where it has no method to stop it.
 */
export function track<T extends object>(target: T, options: TrackOptions = {}): T {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) {
    throw new TypeError(
      `LEAKWATCH_TRACK_TARGET: expected an object to track; got ${target === null ? 'null' : typeof target}`,
    )
  }
  const stop = options.stop ?? methodOf(target, [...stopVerbs, ...stopSymbols])
  const start = options.start ?? methodOf(target, startVerbs)
  const name = options.name ?? nameOf(target)
  for (const verb of [options.start, stop ?? '']) {
    if (verb === undefined || typeof (target as Record<string | symbol, unknown>)[verb] === 'function')
      continue
    throw new TypeError(
      `LEAKWATCH_TRACK_VERB: expected ${name} to have a method \`${String(verb || 'stop')}\`; name it with \`{ start, stop }\``,
    )
  }
  const stopName = verbName(stop as string | symbol) ?? String(stop)
  const record = engineOf(target) ?? recordEngine(target, { name, origin: 'explicit' })
  record.origin = 'explicit'
  if (record.state !== 'stopping' && record.state !== 'stopped') record.stop = stopName
  record.name = options.name ?? record.name
  record.created ??= engineStack(track, stackDepth)
  wrapOwn(target, stop as string, aroundStop(stopName))
  if (start !== null) wrapOwn(target, start, aroundStart(String(start), { record: () => record }))
  else if (record.state === 'created') begin(record, record.created)
  return target
}

function methodOf(target: object, verbs: readonly (string | symbol)[]): string | symbol | null {
  return (
    verbs.find((verb) => typeof (target as Record<string | symbol, unknown>)[verb] === 'function') ?? null
  )
}

function nameOf(target: object): string {
  const name = target.constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'engine'
}

/** Wraps a method on the object itself, where its class is not the program's to change for all. */
function wrapOwn(target: object, key: string | symbol, around: ReturnType<typeof aroundStop>): void {
  if (!Object.hasOwn(target, key)) {
    const value: unknown = (target as Record<string | symbol, unknown>)[key]
    if (!Object.isExtensible(target)) return
    Object.defineProperty(target, key, { value, configurable: true, writable: true, enumerable: false })
  }
  wrapProperty(target, key, around)
}

function begin(record: EngineRecord, stack: EngineRecord['created']): void {
  record.started = stack
  record.parent = beneficiary(contextOwner(), stack)
  engineStarted(record)
  record.state = 'running'
  emit('started', record)
}

/** Opens an engine that is no object: what runs inside `run`, from one `openEngine` to its `close`. */
export function openEngine(name: string): EngineScope {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(
      `LEAKWATCH_ENGINE_NAME: expected a name for the engine; got ${name === '' ? 'an empty string' : typeof name}`,
    )
  }
  const record = recordEngine(null, { name, origin: 'explicit', start: 'openEngine', stop: 'close' })
  begin(record, engineStack(openEngine, stackDepth))
  const close = (): void => {
    if (record.state === 'stopped') return
    engineStopping(record, 'close', engineStack(close, stackDepth))
    countStop(record)
    engineStopped(record)
    emit('stopped', record)
  }
  return {
    run: (body) => runOwned(record, body),
    close,
    [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: close,
  } as EngineScope
}
