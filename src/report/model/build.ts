/** Faults in, the report out. */
import { hostname } from 'node:os'
import { isMainThread, threadId } from 'node:worker_threads'
import type { shutdown } from '../../core/engines/begun-shutdown.ts'
import type { engineCounts } from '../../core/engines/running-engines.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { StackTally } from '../../core/stacks/tally.ts'
import type { OwnedHandle, Stock } from '../../core/stock.ts'
import { now, origin } from '../../core/time/clock.ts'
import { type Steps, stepSize } from '../../core/time/steps.ts'
import type { IgnoreRule } from '../../judge/ignore.ts'
import type { Fault } from '../../judge/judge.ts'
import type { Trigger } from '../../judge/kinds/trigger.ts'
import { goneOf } from '../../judge/still-true.ts'
import type { Engine, Handle, Process, Report } from '../schema/report.ts'
import { shownName, shownPath } from '../secrets/shown.ts'
import { type OriginalColumn, sources } from '../sources/sources.ts'
import { type Built, type Context, findingsOf, revised } from './findings.ts'
import { identify } from './grouping.ts'
import { lookingAtParts, type Parts } from './parts.ts'
import { versionOf } from './service.ts'
import { describeShutdown } from './shutdown.ts'

/**
 * What was counted while the program ran. The caller passes it: a compiler that hooks `require` (tsx) gives the report its own
 * copies of the core's modules, which have counted nothing.
 */
export interface Tally {
  engines: ReturnType<typeof engineCounts>
  stacks: StackTally
  faults: string[]
  shutdown: ReturnType<typeof shutdown>
}

export interface BuildOptions {
  tally: Tally
  trigger: Trigger
  /** What runs should have been stopped. */
  isFinal: boolean
  version: string
  service: string
  main: string | null
  exitCode: number | null
  signal: string | null
  ignore: readonly IgnoreRule[]
  notCovered: readonly string[]
  /** Lines of why-is-node-running; `null`: it was not asked. */
  why: string[] | null
  originalColumn: OriginalColumn
}

const handlesLimit = 10_000

interface Described<T, U> {
  of: T
  as: U
}

/** A report in the making: everything in it has been looked up. */
export interface Draft {
  stock: Stock
  built: Built[]
  engines: Described<EngineRecord, Engine>[]
  handles: Described<OwnedHandle, Handle>[]
  /** How many handles are alive beside those. */
  omitted: number
  parts: Parts
  context: Context
  options: BuildOptions
}

/** Does all the work that takes time. */
export function* drafting(stock: Stock, faults: readonly Fault[], options: BuildOptions): Steps<Draft> {
  const places = sources(options.originalColumn)
  const parts = yield* lookingAtParts(stock, places)
  const context = { sources: places, options, cwd: currentFolder() }
  const built = yield* findingsOf(faults, identify(places), context)
  const { engines, handles, omitted } = yield* showing(stock, built)
  return {
    stock,
    built,
    engines: yield* describing(engines, (engine) => parts.engine(engine)),
    handles: yield* describing(handles, (handle) => parts.handle(handle)),
    omitted,
    parts,
    context,
    options,
  }
}

/** Leaves out what is no longer true, as the program may have gone on meanwhile. */
export function revisedDraft(draft: Draft): Draft {
  const { stock, built, engines, handles, parts, context } = draft
  const gone = goneOf(stock.handles)
  return {
    ...draft,
    stock: {
      engines: stock.engines.filter(({ state }) => state !== 'stopped' && state !== 'failed'),
      handles: stock.handles.filter((each) => !gone.has(each)),
    },
    built: revised(built, gone, context),
    engines: engines.map(({ of }) => ({ of, as: parts.engine(of) })),
    handles: handles.filter(({ of }) => !gone.has(of)),
  }
}

export function reportOf({ stock, built, engines, handles, omitted, options }: Draft): Report {
  const { tally } = options
  return {
    schema: 'leakwatch/1',
    trigger: options.trigger,
    at: new Date().toISOString(),
    process: describeProcess(options),
    summary: {
      leaks: built.filter(({ finding }) => finding.severity === 'leak').length,
      warnings: built.filter(({ finding }) => finding.severity === 'warning').length,
      engines: { ...tally.engines, running: stock.engines.length },
      handles: { live: stock.handles.length, referenced: stock.handles.filter(({ ref }) => ref).length },
    },
    findings: built.map(({ finding }) => finding),
    engines: engines.map(({ as }) => as),
    handles: handles.map(({ as }) => as),
    shutdown: describeShutdown(
      tally.shutdown,
      stock,
      handles.map(({ of }) => of),
    ),
    self: {
      version: options.version,
      stacks: tally.stacks,
      handlesOmitted: omitted,
      faults: tally.faults,
      notCovered: [...options.notCovered],
    },
    ...(options.why === null ? {} : { why: options.why }),
  }
}

function describeProcess({ service, main, exitCode, signal }: BuildOptions): Process {
  const version = versionOf(main)
  return {
    pid: process.pid,
    ppid: process.ppid,
    threadId,
    isMainThread,
    node: process.version,
    service: shownName(service),
    ...(version === null ? {} : { version: shownName(version) }),
    main: main === null ? null : shownPath(main),
    cwd: shownPath(currentFolder()),
    hostname: shownName(hostname()),
    startedAt: new Date(origin).toISOString(),
    uptimeMs: Math.round(now()),
    exitCode,
    signal,
    ...(process.connected && process.listenerCount('message') > 0 ? { listensToParent: true } : {}),
  }
}

/** The working directory may have been deleted. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}

/** The engines and handles to show. Those of findings come first. */
function* showing(
  stock: Stock,
  built: readonly Built[],
): Steps<{ engines: EngineRecord[]; handles: OwnedHandle[]; omitted: number }> {
  const engines = new Set<EngineRecord>()
  const addWithAncestors = (engine: EngineRecord | null): void => {
    for (let each = engine; each !== null && !engines.has(each); each = each.parent) engines.add(each)
  }
  const held = new Set<OwnedHandle>()
  let count = 0
  for (const { faults } of built) {
    for (const { engine, children, handles } of faults) {
      count += 1
      if (count % stepSize === 0) yield
      addWithAncestors(engine)
      for (const each of children) addWithAncestors(each)
      for (const each of handles) held.add(each)
    }
  }
  yield
  for (const engine of stock.engines) addWithAncestors(engine)
  yield
  for (const each of stock.handles) held.add(each)
  yield
  const handles = [...held].slice(0, handlesLimit)
  for (const { owner } of handles) addWithAncestors(owner)
  return { engines: [...engines], handles, omitted: held.size - handles.length }
}

function* describing<T, U>(all: readonly T[], describe: (each: T) => U): Steps<Described<T, U>[]> {
  const described: Described<T, U>[] = []
  for (const each of all) {
    described.push({ of: each, as: describe(each) })
    if (described.length % stepSize === 0) yield
  }
  return described
}
