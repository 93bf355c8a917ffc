/** Faults in, findings out: one for all instances of one bug. */
import { relative } from 'node:path'
import { now } from '../core/clock.ts'
import type { EngineRecord } from '../core/engine-record.ts'
import { startPlace } from '../core/start-place.ts'
import { atOnce, type Steps, stepSize } from '../core/steps.ts'
import type { OwnedHandle } from '../core/stock.ts'
import { packageOf } from '../judge/fingerprint.ts'
import { type IgnoreRule, isIgnored } from '../judge/ignore.ts'
import type { Fault } from '../judge/judge.ts'
import { scopeOf } from '../judge/scope.ts'
import { stillTrue } from '../judge/still-true.ts'
import { isFinal, type Trigger } from '../judge/verdict.ts'
import { frameOf, groupingById, type IdOf, nameOf } from './grouping.ts'
import { engineId, handleId, handleName, testPlace } from './parts.ts'
import type { Finding } from './report.ts'
import type { Sources } from './sources.ts'
import { fixOf, messageOf, type Subject } from './wording.ts'

export interface Built {
  finding: Finding
  faults: readonly Fault[]
}

/** What findings are written with. */
export interface Context {
  sources: Sources
  options: { trigger: Trigger; ignore: readonly IgnoreRule[] }
  /** Paths are printed relative to it. */
  cwd: string
}

/** Leaks first, then by how much they hold. Those that a rule ignores are left out. */
export function* findingsOf(faults: readonly Fault[], idOf: IdOf, context: Context): Steps<Built[]> {
  const built: Built[] = []
  for (const [id, group] of yield* groupingById(faults, idOf)) {
    const finding = yield* describing(group, id, context)
    yield
    if (finding !== null) built.push({ finding, faults: group })
  }
  return built.sort(byWeight)
}

/** Those of `built` that are still true, as they are now that `gone` has closed. */
export function revised(built: readonly Built[], gone: ReadonlySet<OwnedHandle>, context: Context): Built[] {
  const left: Built[] = []
  for (const each of built) {
    const faults: Fault[] = []
    for (const fault of each.faults) {
      const now = stillTrue(fault, gone)
      if (now !== null) faults.push(now)
    }
    if (faults.length === 0) continue
    const isSame =
      faults.length === each.faults.length && faults.every((fault, index) => fault === each.faults[index])
    const finding = isSame ? each.finding : atOnce(describing(faults, each.finding.id, context))
    if (finding !== null) left.push({ finding, faults })
  }
  return left.sort(byWeight)
}

function byWeight(a: Built, b: Built): number {
  const rank = ({ finding }: Built) => (finding.severity === 'leak' ? 0 : 1)
  return rank(a) - rank(b) || b.finding.handles.length - a.finding.handles.length
}

function* describing(
  group: readonly Fault[],
  id: string,
  { sources, options, cwd }: Context,
): Steps<Finding | null> {
  const first = group[0] as Fault
  const { engine, kind, severity } = first
  const { handles, own, types, children, holdsProcess, since } = yield* gathering(group)
  const site = sources.site(frameOf(first, sources))
  const suspect = {
    id,
    kind,
    engine: engine?.name ?? null,
    types: [...types],
    file: site?.file ?? null,
    package: site === null ? null : (packageOf(site.file)?.name ?? null),
  }
  if (isIgnored(suspect, options.ignore)) return null
  const siblings =
    engine === null ? null : siblingsOf(engine, kind === 'stop-pending' ? group.length : 0, sources)
  const at = now()
  const subject: Subject = {
    kind,
    severity,
    name: nameOf(first),
    count: group.length,
    ageMs: at - since,
    stopAgeMs: engine?.stopCalledAt === null || engine === null ? null : at - engine.stopCalledAt,
    stopFailed: engine?.stopFailed ?? false,
    startVerb: engine?.start ?? '',
    stopVerb: engine?.stop ?? '',
    hook: scopeOf(first)?.hook ?? null,
    children: [...children].map(({ name }) => name),
    handles: own,
    site,
    stoppedAt: siblings?.stoppedAt ?? [],
    final: isFinal(options.trigger),
  }
  return {
    id,
    kind,
    severity,
    message: messageOf(subject),
    fix: fixOf(subject, (place) => `${shortPath(place.file, cwd)}:${place.line}`),
    engine: engine === null ? null : engineId(clearest(group, engine)),
    handles,
    count: group.length,
    holdsProcess,
    test: testPlace(scopeOf(first)),
    siblings,
  }
}

/** Of the engines of a finding the first that tells where it was created: beyond the budget for stacks most of a class do not. */
function clearest(group: readonly Fault[], first: EngineRecord): EngineRecord {
  if (first.created !== null) return first
  const told = group.find(
    ({ engine, severity }) => engine !== null && engine.created !== null && severity === group[0]?.severity,
  )
  return told?.engine ?? first
}

/** What the faults of a finding hold together. */
interface Gathered {
  /** Ids of all handles. */
  handles: string[]
  /** What a child holds goes with the child: names of the others. */
  own: string[]
  types: Set<string>
  children: Set<EngineRecord>
  holdsProcess: boolean
  /** When the first of it began. */
  since: number
}

function* gathering(group: readonly Fault[]): Steps<Gathered> {
  const children = new Set<EngineRecord>()
  const all: Gathered = {
    handles: [],
    own: [],
    types: new Set(),
    children,
    holdsProcess: false,
    since: now(),
  }
  let count = 0
  for (const fault of group) {
    all.since = Math.min(all.since, startedAt(fault))
    for (const each of fault.children) children.add(each)
    count += 1
    if (count % stepSize === 0) yield
  }
  const seen = new Set<OwnedHandle>()
  for (const { handles } of group) {
    for (const each of handles) {
      if (seen.has(each)) continue
      seen.add(each)
      const name = handleName(each)
      all.handles.push(handleId(each))
      if (each.owner === null || !children.has(each.owner)) all.own.push(name)
      all.types.add(each.live.record.kind.type).add(name)
      if (each.ref) all.holdsProcess = true
      if (seen.size % stepSize === 0) yield
    }
  }
  return all
}

/** `pending`: how many of them count as stopped, as their stop was called, and are not. */
function siblingsOf(engine: EngineRecord, pending: number, sources: Sources): Finding['siblings'] {
  const place = startPlace(engine)
  if (place === null) return null
  const stoppedAt = [...place.stoppedAt.values()].map(({ file, line, column }) =>
    sources.mapped(file, line, column),
  )
  const stopped = Math.max(0, place.stopped - pending)
  return { started: place.started, stopped, stoppedAt: stopped === 0 ? [] : stoppedAt }
}

function startedAt(fault: Fault): number {
  return fault.engine?.startedAt ?? fault.handles[0]?.live.record.openedAt ?? 0
}

function shortPath(file: string, cwd: string): string {
  const path = cwd === '' ? file : relative(cwd, file)
  return path === '' || path.startsWith('..') ? file : path
}
