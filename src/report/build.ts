/** Faults in, the report out: ids, places mapped back to the source, one finding for all instances of one bug. */
import { hostname } from 'node:os'
import { relative } from 'node:path'
import { isMainThread, threadId } from 'node:worker_threads'
import { now, origin } from '../core/clock.ts'
import { type EngineRecord, engineCounts } from '../core/engines.ts'
import { faults as ownFaults } from '../core/faults.ts'
import { isDependency, isInternal, programFrame } from '../core/places.ts'
import { shutdown } from '../core/shutdown.ts'
import { type CapturedStack, type PlainFrame, stackCounts } from '../core/stack.ts'
import { startPlace } from '../core/start-place.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { fingerprint, packageOf } from '../judge/fingerprint.ts'
import { type IgnoreRule, isIgnored } from '../judge/ignore.ts'
import type { Fault } from '../judge/judge.ts'
import { isFinal, type Trigger } from '../judge/verdict.ts'
import { redact } from './redact.ts'
import type { Detail, Engine, Finding, Frame, Handle, Process, Report, Site, Stack } from './report.ts'
import { mapSite, sourceLine } from './source-map.ts'
import { fixOf, messageOf, type Subject } from './wording.ts'

export interface BuildOptions {
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
  /** Undoes the shift of columns that inserted code causes. */
  originalColumn: (file: string, line: number, column: number) => number
}

const handlesLimit = 10_000

export function buildReport(stock: Stock, faults: readonly Fault[], options: BuildOptions): Report {
  const builder = new ReportBuilder(stock, options)
  const findings = builder.findings(faults)
  const { engines, handles, omitted } = builder.parts(findings.flatMap(({ faults }) => faults))
  const { captured, skipped } = stackCounts
  return {
    schema: 'leakwatch/1',
    trigger: options.trigger,
    at: new Date().toISOString(),
    process: describeProcess(options),
    summary: {
      leaks: findings.filter(({ finding }) => finding.severity === 'leak').length,
      warnings: findings.filter(({ finding }) => finding.severity === 'warning').length,
      engines: { ...engineCounts, running: stock.engines.length },
      handles: { live: stock.handles.length, referenced: stock.handles.filter(({ ref }) => ref).length },
    },
    findings: findings.map(({ finding }) => finding),
    engines,
    handles,
    shutdown: describeShutdown(),
    self: {
      version: options.version,
      stacks: { captured, skipped },
      handlesOmitted: omitted,
      faults: ownFaults(),
      notCovered: [...options.notCovered],
    },
    ...(options.why === null ? {} : { why: options.why }),
  }
}

function describeShutdown(): Report['shutdown'] {
  const begun = shutdown()
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

interface Built {
  finding: Finding
  faults: Fault[]
}

class ReportBuilder {
  readonly #stock: Stock
  readonly #options: BuildOptions
  readonly #handles = new Map<OwnedHandle, Handle>()
  readonly #engines = new Map<EngineRecord, Engine>()
  readonly #cwd = currentFolder()

  constructor(stock: Stock, options: BuildOptions) {
    this.#stock = stock
    this.#options = options
  }

  /** Leaks first, then by how much they hold. */
  findings(faults: readonly Fault[]): Built[] {
    const groups = new Map<string, Fault[]>()
    for (const fault of faults) {
      const id = `${this.#idOf(fault)} ${fault.severity}`
      const group = groups.get(id)
      if (group === undefined) groups.set(id, [fault])
      else group.push(fault)
    }
    const built: Built[] = []
    for (const group of groups.values()) {
      const finding = this.#finding(group)
      if (finding !== null) built.push({ finding, faults: group })
    }
    const rank = ({ finding }: Built) => (finding.severity === 'leak' ? 0 : 1)
    return built.sort((a, b) => rank(a) - rank(b) || b.finding.handles.length - a.finding.handles.length)
  }

  #idOf(fault: Fault): string {
    const frame = frameOf(fault)
    return fingerprint({
      kind: fault.kind,
      name: fault.engine?.name ?? nameOf(fault.handles[0] as OwnedHandle),
      file: frame === null ? null : (this.#siteOf(frame)?.file ?? null),
      function: frame?.function ?? null,
    })
  }

  #finding(group: Fault[]): Finding | null {
    const first = group[0] as Fault
    const { engine, kind, severity } = first
    const id = this.#idOf(first)
    const owned = [...new Set(group.flatMap((fault) => fault.handles))]
    const handles = owned.map((each) => this.#handle(each))
    const frame = frameOf(first)
    const site = frame === null ? null : this.#siteOf(frame)
    const suspect = {
      id,
      kind,
      engine: engine?.name ?? null,
      types: owned.flatMap((each) => [each.live.record.kind.type, nameOf(each)]),
      file: site?.file ?? null,
      package: site === null ? null : (packageOf(site.file)?.name ?? null),
    }
    if (isIgnored(suspect, this.#options.ignore)) return null
    const siblings = engine === null ? null : this.#siblings(engine)
    const at = now()
    const oldest = Math.max(...group.map((fault) => at - startedAt(fault)))
    const subject: Subject = {
      kind,
      severity,
      name: engine?.name ?? nameOf(first.handles[0] as OwnedHandle),
      count: group.length,
      ageMs: oldest,
      stopAgeMs: engine?.stopCalledAt === null || engine === null ? null : at - engine.stopCalledAt,
      startVerb: engine?.start ?? '',
      stopVerb: engine?.stop ?? '',
      children: group.flatMap((fault) => fault.children.map(({ name }) => name)),
      handles,
      site,
      stoppedAt: siblings?.stoppedAt ?? [],
      final: isFinal(this.#options.trigger),
    }
    return {
      id,
      kind,
      severity,
      message: messageOf(subject),
      fix: fixOf(subject, (place) => `${this.#show(place.file)}:${place.line}`),
      engine: engine === null ? null : engineId(engine),
      handles: handles.map((handle) => handle.id),
      count: group.length,
      holdsProcess: owned.some(({ ref }) => ref),
      test: null,
      siblings,
    }
  }

  #show(file: string): string {
    const path = this.#cwd === '' ? file : relative(this.#cwd, file)
    return path === '' || path.startsWith('..') ? file : path
  }

  #siblings(engine: EngineRecord): Finding['siblings'] {
    const place = startPlace(engine)
    if (place === null) return null
    const stoppedAt = [...place.stoppedAt.values()].map(({ file, line, column }) =>
      this.#mapped(file, line, column),
    )
    return { started: place.started, stopped: place.stopped, stoppedAt }
  }

  /** The engines and handles to show: those of findings first. */
  parts(faults: readonly Fault[]): { engines: Engine[]; handles: Handle[]; omitted: number } {
    const named = faults.flatMap(({ engine, children }) => [
      ...(engine === null ? [] : [engine]),
      ...children,
    ])
    const engines = new Set<EngineRecord>()
    const addWithAncestors = (engine: EngineRecord | null): void => {
      for (let each = engine; each !== null && !engines.has(each); each = each.parent) engines.add(each)
    }
    for (const engine of [...named, ...this.#stock.engines]) addWithAncestors(engine)
    const held = new Set([...faults.flatMap((fault) => fault.handles), ...this.#stock.handles])
    const kept = [...held].slice(0, handlesLimit)
    for (const { owner } of kept) addWithAncestors(owner)
    return {
      engines: [...engines].map((engine) => this.#engine(engine)),
      handles: kept.map((handle) => this.#handle(handle)),
      omitted: held.size - kept.length,
    }
  }

  #engine(record: EngineRecord): Engine {
    const known = this.#engines.get(record)
    if (known !== undefined) return known
    const frame = frameOf({ engine: record, handles: [] })
    const collected = record.target !== null && record.target.deref() === undefined
    const main = this.#stock.handles.find((handle) => handle.isEngine && handle.owner === record)
    const engine: Engine = {
      id: engineId(record),
      name: record.name,
      origin: record.origin,
      package: record.package,
      parent: record.parent === null ? null : engineId(record.parent),
      state: stateOf(record, collected),
      start: record.start,
      stop: record.stop,
      starts: record.starts,
      created: this.#stack(record.created),
      started: this.#stack(record.started),
      stopped: this.#stack(record.stopped),
      site: frame === null ? null : this.#siteOf(frame),
      startedAt: timestamp(record.startedAt),
      stoppedAt: record.stoppedAt === null ? null : timestamp(record.stoppedAt),
      ageMs: Math.round(now() - record.startedAt),
      detail: main === undefined ? {} : detailOf(main),
      ...(record.traceId === null ? {} : { traceId: record.traceId }),
    }
    this.#engines.set(record, engine)
    return engine
  }

  #handle(owned: OwnedHandle): Handle {
    const known = this.#handles.get(owned)
    if (known !== undefined) return known
    const { record } = owned.live
    const own = record.stack ?? (owned.isEngine ? (owned.owner?.started ?? null) : null)
    const frame = own === null ? this.#kinFrame(owned) : programFrame(own)
    const handle: Handle = {
      id: `h${record.id}`,
      type: record.kind.type,
      name: nameOf(owned),
      engine: owned.owner === null ? null : engineId(owned.owner),
      ref: owned.ref,
      ageMs: Math.round(now() - record.openedAt),
      created: this.#stack(own),
      site: frame === null ? null : this.#siteOf(frame),
      sampled: own === null,
      detail: detailOf(owned),
    }
    this.#handles.set(owned, handle)
    return handle
  }

  /** For a handle without its own stack: that of the nearest one of the same owner and type, else its engine's. */
  #kinFrame({ live, owner }: OwnedHandle): PlainFrame | null {
    const { kind } = live.record
    const kin = this.#stock.handles.find(
      (each) => each.owner === owner && each.live.record.kind === kind && each.live.record.stack !== null,
    )
    const stack = kin?.live.record.stack ?? owner?.started ?? owner?.created ?? null
    return stack === null ? null : programFrame(stack)
  }

  #stack(stack: CapturedStack | null): Stack | null {
    if (stack === null || stack.frames.length === 0) return null
    return { frames: stack.frames.map((frame) => this.#frame(frame)) }
  }

  #frame(frame: PlainFrame): Frame {
    const internal = isInternal(frame)
    const site = internal ? null : this.#siteOf(frame)
    return {
      function: frame.function,
      file: site?.file ?? frame.file,
      line: site?.line ?? frame.line,
      column: site?.column ?? frame.column,
      code: site === null || isDependency(frame) ? null : codeOf(site),
      internal,
      dependency: isDependency(frame),
    }
  }

  #siteOf(frame: PlainFrame): Site | null {
    if (frame.file === null || frame.line === null || isInternal(frame)) return null
    return this.#mapped(frame.file, frame.line, frame.column ?? 1)
  }

  #mapped(file: string, line: number, column: number): Site {
    return mapSite(file, line, column, this.#options.originalColumn)
  }
}

function codeOf(site: Site): string | null {
  const line = sourceLine(site.file, site.line)
  return line === null ? null : redact(line.trim())
}

function frameOf({ engine, handles }: Pick<Fault, 'engine' | 'handles'>): PlainFrame | null {
  const stack = engine === null ? (handles[0]?.live.record.stack ?? null) : (engine.started ?? engine.created)
  return stack === null ? null : programFrame(stack)
}

function startedAt(fault: Fault): number {
  return fault.engine?.startedAt ?? fault.handles[0]?.live.record.openedAt ?? 0
}

function engineId(record: EngineRecord): string {
  return `e${record.id}`
}

function nameOf({ live }: OwnedHandle): string {
  return live.record.kind.name(live.resource)
}

function detailOf({ live }: OwnedHandle): Detail {
  const detail: Detail = { ...live.record.kind.detail(live.resource) }
  for (const [key, value] of Object.entries(detail))
    if (typeof value === 'string') detail[key] = redact(value)
  return detail
}

function stateOf(record: EngineRecord, collected: boolean): Engine['state'] {
  if (record.state === 'stopped' || record.state === 'failed') return record.state
  if (collected) return 'collected'
  return record.state === 'created' ? 'running' : record.state
}

function timestamp(at: number): string {
  return new Date(origin + at).toISOString()
}
