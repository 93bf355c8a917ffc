/** Faults in, the report out. */
import { hostname } from 'node:os'
import { isMainThread, threadId } from 'node:worker_threads'
import type { StackTally } from '../core/budget.ts'
import { now, origin } from '../core/clock.ts'
import type { EngineRecord } from '../core/engine-record.ts'
import type { engineCounts } from '../core/engines.ts'
import { process } from '../core/own-process.ts'
import type { shutdown } from '../core/shutdown.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import type { IgnoreRule } from '../judge/ignore.ts'
import type { Fault } from '../judge/judge.ts'
import type { Trigger } from '../judge/verdict.ts'
import { type Built, findingsOf } from './findings.ts'
import { engineId, Parts, timestamp } from './parts.ts'
import type { Engine, Handle, Process, Report } from './report.ts'
import { type OriginalColumn, sources } from './sources.ts'

/**
 * What was counted while the program ran. It is handed over, not imported: a compiler that hooks `require` (tsx)
 * gives the report its own copies of the core's modules, which have counted nothing.
 */
export interface Tally {
  engines: typeof engineCounts
  stacks: StackTally
  faults: string[]
  shutdown: ReturnType<typeof shutdown>
}

export interface BuildOptions {
  tally: Tally
  trigger: Trigger
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

export function buildReport(stock: Stock, faults: readonly Fault[], options: BuildOptions): Report {
  const places = sources(options.originalColumn)
  const parts = new Parts(stock, places)
  const findings = findingsOf(faults, places, options, currentFolder())
  const { engines, handles, omitted } = shown(stock, findings, parts)
  const { tally } = options
  return {
    schema: 'leakwatch/1',
    trigger: options.trigger,
    at: new Date().toISOString(),
    process: describeProcess(options),
    summary: {
      leaks: findings.filter(({ finding }) => finding.severity === 'leak').length,
      warnings: findings.filter(({ finding }) => finding.severity === 'warning').length,
      engines: { ...tally.engines, running: stock.engines.length },
      handles: { live: stock.handles.length, referenced: stock.handles.filter(({ ref }) => ref).length },
    },
    findings: findings.map(({ finding }) => finding),
    engines,
    handles,
    shutdown: describeShutdown(tally.shutdown),
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

function describeShutdown(begun: Tally['shutdown']): Report['shutdown'] {
  if (begun === null) return null
  const order = begun.order.map((engine) => ({
    engine: engineId(engine),
    name: engine.name,
    stopCalledAt: timestamp(engine.stopCalledAt ?? begun.startedAt),
    stoppedAt: engine.stoppedAt === null ? null : timestamp(engine.stoppedAt),
  }))
  return { startedAt: timestamp(begun.startedAt), order }
}

function describeProcess({ service, main, exitCode, signal }: BuildOptions): Process {
  return {
    pid: process.pid,
    ppid: process.ppid,
    threadId,
    isMainThread,
    node: process.version,
    service,
    main,
    cwd: currentFolder(),
    hostname: hostname(),
    startedAt: new Date(origin).toISOString(),
    uptimeMs: Math.round(now()),
    exitCode,
    signal,
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

/** The engines and handles to show: those of findings first. */
function shown(
  stock: Stock,
  findings: readonly Built[],
  parts: Parts,
): { engines: Engine[]; handles: Handle[]; omitted: number } {
  const engines = new Set<EngineRecord>()
  const addWithAncestors = (engine: EngineRecord | null): void => {
    for (let each = engine; each !== null && !engines.has(each); each = each.parent) engines.add(each)
  }
  const held = new Set<OwnedHandle>()
  for (const { faults } of findings) {
    for (const { engine, children, handles } of faults) {
      addWithAncestors(engine)
      for (const each of children) addWithAncestors(each)
      for (const each of handles) held.add(each)
    }
  }
  for (const engine of stock.engines) addWithAncestors(engine)
  for (const each of stock.handles) held.add(each)
  const kept = [...held].slice(0, handlesLimit)
  for (const { owner } of kept) addWithAncestors(owner)
  return {
    engines: [...engines].map((engine) => parts.engine(engine)),
    handles: kept.map((handle) => parts.handle(handle)),
    omitted: held.size - kept.length,
  }
}
