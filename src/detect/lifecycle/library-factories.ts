/** Functions of libraries that make engines, or parts of them, or open something on their behalf. */
import {
  beginStart,
  endByItself,
  endStart,
  type StartCall,
  startAtOnce,
  startReturned,
} from '../../core/engines/life.ts'
import { bindEngine } from '../../core/engines/objects.ts'
import { type EngineSeed, recordEngine } from '../../core/engines/record-engine.ts'
import { requester } from '../../core/ownership/construction.ts'
import { applyOwned, contextEngine, currentStart } from '../../core/ownership/context.ts'
import { isPromise } from '../../core/promises/promise-state.ts'
import { watchPromise } from '../../core/promises/promise-watch.ts'
import type { EngineRecord, LibraryTraits } from '../../core/records/engine-record.ts'
import { attempt } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import { describedIn, packageIn, pathInModules } from '../libraries/described.ts'
import type { Lease, LibraryEngine } from '../libraries/library.ts'
import { aroundStart, boundTo, known } from './around.ts'
import { followLeases } from './leases.ts'
import { followLendingFunction } from './lending-functions.ts'
import { aroundLibraryStop, aroundLibraryWork } from './library-calls.ts'
import {
  inTheMaking,
  isOfProgram,
  libraryOf,
  meet,
  openProbe,
  packageOf,
  startDepth,
  traitsOf,
} from './library-engines.ts'
import { isObject } from './recognition.ts'
import { type AnyFunction, type Around, wrapProperty } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

/** The same function, whose calls begin the engine `name`; `file`: where it stands. */
export function followFactory(make: AnyFunction, name: string, file: string): AnyFunction {
  const path = pathInModules(file) ?? ''
  const engine = describedIn(packageIn(path))?.engines[name]
  if (engine === undefined) return make
  if (path.includes('#')) return followLendingFunction(make, name, engine, path) ?? make
  const holder = { make }
  const { parts = {}, servants = [] } = engine
  if (servants.some((servant) => servant.startsWith(`${path}#`))) {
    wrapProperty(holder, 'make', aroundServant)
    return holder.make
  }
  const part = Object.entries(parts).find(([key]) => key.startsWith(`${path}#`))
  if (part !== undefined) {
    wrapProperty(holder, 'make', (original, self, args) =>
      followPart(Reflect.apply(original, self, args), name, part[1]),
    )
    return holder.make
  }
  const traits = traitsOf(engine, path)
  wrapProperty(holder, 'make', (original, self, args, entry) => {
    const stack = engineStack(entry, startDepth)
    const parent = requester(stack)
    if (!isOfProgram(stack, parent, traits.packages)) return Reflect.apply(original, self, args)
    const record = recordEngine(null, {
      ...{ name, origin: 'library', package: packageOf(name), traits },
      ...{ start: engine.start, stop: engine.stops[0] as string, created: stack, parent },
      isOpen: openProbe(() => record.target?.deref(), engine),
    } as EngineSeed)
    inTheMaking.set(record, name)
    if (engine.class === '')
      return followMade(applyOwned(record.work, original, self, args), record, engine, traits)
    const verb = engine.start
    const call = beginStart(record, null, {
      verb,
      stack,
      parent,
      parentStart: currentStart(parent),
      stop: record.stop,
    })
    let result: unknown
    try {
      result = applyOwned(call.startWork, original, self, args)
    } catch (error) {
      startReturned(call)
      endStart(call, 'failed')
      throw error
    }
    startReturned(call)
    if (isPromise(result)) watchPromise(result, result, (state) => finishMaking(call, state === 'fulfilled'))
    else finishMaking(call, true)
    return result
  })
  return holder.make
}

/** What has made no engine that is known is not followed. */
function finishMaking(call: StartCall, isMade: boolean): void {
  endStart(call, isMade ? 'started' : 'failed')
  if (isMade && inTheMaking.has(call.record)) endByItself(call.record)
}

/** A factory that gives the engine as an object, or a function, with methods of its own. */
function followMade(
  made: unknown,
  record: EngineRecord,
  engine: LibraryEngine,
  traits: LibraryTraits,
): unknown {
  if (!isObject(made) || types.isProxy(made)) return made
  attempt("following a library's object", () => {
    bindEngine(record, made)
    const { start, stops, work = [], lease = [] } = engine
    const lent = { name: record.name, package: packageOf(record.name), traits }
    for (const each of [lease].flat() as Lease[])
      followLeases(made, each, lent, (key, around) => wrapProperty(made, key, boundTo(made, around)))
    const wrap = (key: string, around: Around) => wrapProperty(made, key, boundTo(made, around))
    if (wrap(start, aroundStart(start, known)).refused === 'no function') startAtOnce(record)
    for (const stop of stops) wrap(stop, aroundLibraryStop(stop, engine))
    for (const method of work) wrap(method, aroundLibraryWork)
  })
  return made
}

/** What it opens is the engine's that it is given. */
const aroundServant: Around = (original, self, args, entry) => {
  const [target] = args
  const library = isObject(target) && !types.isProxy(target) ? libraryOf(target) : null
  const record =
    library === null ? null : meet(target as object, library, () => engineStack(entry, startDepth))
  return record === null ? Reflect.apply(original, self, args) : applyOwned(record.work, original, self, args)
}

/** What a factory has made of its engine `name`: what these methods of it open is that engine's. */
function followPart(made: unknown, name: string, methods: readonly string[]): unknown {
  const engine = contextEngine()
  if (engine?.name !== name || !isObject(made) || types.isProxy(made)) return made
  for (const method of methods)
    attempt("following a library's object", () => {
      wrapProperty(made, method, (original, self, args) =>
        contextEngine() === engine
          ? Reflect.apply(original, self, args)
          : applyOwned(engine.work, original, self, args),
      )
    })
  return made
}
