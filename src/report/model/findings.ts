/** Faults in, findings out: one finding for all instances of one bug. */
import { engineOf } from '../../core/engines/objects.ts'
import { judgedAt } from '../../core/engines/shutdown.ts'
import { startPlace } from '../../core/engines/start-place.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { OwnedHandle } from '../../core/stock.ts'
import { now } from '../../core/time/clock.ts'
import { atOnce, type Steps, stepSize } from '../../core/time/steps.ts'
import { packageOf } from '../../judge/fingerprint.ts'
import { type IgnoreRule, isIgnored } from '../../judge/ignore.ts'
import type { Fault } from '../../judge/judge.ts'
import { kindOf } from '../../judge/kinds/by-subject.ts'
import { startedAgainBy } from '../../judge/kinds/started-again.ts'
import { scopeOf, scopeOfAll } from '../../judge/scope.ts'
import { stillTrue } from '../../judge/still-true.ts'
import type { Finding } from '../schema/report.ts'
import { shownName, shownPath, shownSite } from '../secrets/shown.ts'
import type { Sources } from '../sources/sources.ts'
import { shortPath } from '../words/site.ts'
import { type Subject, sentencesOf } from '../words/wording.ts'
import { frameOf, groupingById, type IdOf, nameOf } from './grouping.ts'
import { callOf, leftEngines, leftHandles } from './left-engines.ts'
import { lentBy } from './lent.ts'
import { openedIn } from './opened-in.ts'
import { openerOf } from './opener.ts'
import { engineId, handleId, handleName, testPlace } from './parts.ts'
import { keptName, nameOfEngine } from './users-name.ts'
import { waitsFor } from './waiting.ts'

/** A stop of a moment ago had no time to finish. */
const cutOffMs = 250
/** Of so many orphans of one finding it is read what the program calls them. */
const namesLooked = 50

export interface Built {
  finding: Finding
  faults: readonly Fault[]
}

/** What is needed to write findings. */
export interface Context {
  sources: Sources
  options: { isFinal: boolean; ignore: readonly IgnoreRule[] }
  /** Paths are printed relative to it. */
  cwd: string
}

/** Leaks come first, then the findings that hold most. Findings that a rule ignores are left out. */
export function* findingsOf(faults: readonly Fault[], idOf: IdOf, context: Context): Steps<Built[]> {
  const built: Built[] = []
  for (const [id, group] of yield* groupingById(faults, idOf)) {
    const finding = yield* describing(group, id, context)
    yield
    if (finding !== null) built.push({ finding, faults: group })
  }
  return built.sort(byWeight)
}

/** The findings that are still true after `gone` has closed, as they are now. */
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
  // What keeps the process alive comes first.
  const holds = ({ finding }: Built) => (finding.holdsProcess ? 0 : 1)
  return rank(a) - rank(b) || holds(a) - holds(b) || b.finding.handles.length - a.finding.handles.length
}

function* describing(
  group: readonly Fault[],
  id: string,
  { sources, options, cwd }: Context,
): Steps<Finding | null> {
  const first = group[0] as Fault
  const { engine, kind, severity } = first
  const { handles, own, types, children, holdsProcess, since } = yield* summingUp(group)
  const whole = [...children].filter((each) => !isPartOfLibrary(each, children))
  const site = sources.site(frameOf(first, sources))
  const leases = isOfLeases(kind) ? lentBy(first) : []
  const [longest] = leases
  const suspect = {
    id,
    kind,
    engine: engine === null ? null : shownName(engine.name),
    types: [...types],
    file: site?.file ?? null,
    package: site === null ? null : (packageOf(site.file)?.name ?? null),
  }
  if (isIgnored(suspect, options.ignore)) return null
  const siblings =
    engine === null ? null : siblingsOf(engine, first.state?.name === 'stopping' ? group.length : 0, sources)
  const at = now()
  const waiting = isOfLeases(kind) ? (engine?.waiting?.() ?? null) : null
  const others = longest === undefined ? siblings : siblingsOf(longest, 0, sources)
  const subject: Subject = {
    kind,
    severity,
    name: nameOf(first),
    count: group.filter((fault) => nameOf(fault) === nameOf(first)).length,
    ageMs: at - since,
    stopAgeMs: engine?.stopCalledAt === null || engine === null ? null : at - engine.stopCalledAt,
    isCutOff: kind === 'stop-pending' && judgedAt() - (engine?.stopCalledAt ?? 0) < cutOffMs,
    stopFailed: engine?.stopFailed ?? false,
    startVerb: shownName(engine?.start ?? ''),
    stopVerb: shownName(engine?.stop ?? ''),
    startedAgainBy: engine === null || kind !== 'stop-incomplete' ? null : startedAgainBy(engine),
    waitsFor: waitsFor(first),
    opener: engine === null ? openerOf(first) : null,
    openedIn: kind === 'orphan' ? openedIn(first, sources) : null,
    stopCall: engine === null ? stopCallOf(first.handles[0]) : callOf(longest ?? engine),
    usersName: usersNameOf(group, longest ?? engine, sources),
    forcedCall: engine?.traits?.forcedCall ?? null,
    isLease: longest !== undefined || (engine?.lease ?? false),
    callers: waiting === null ? null : { count: waiting.count, ageMs: at - waiting.since },
    lent: leases.map(({ name }) => shownName(name)),
    hook: testPlace(scopeOf(first))?.hook ?? null,
    children: whole.map(({ name }) => shownName(name)),
    leftEngines: leftEngines(whole, sources),
    leftHandles: kind === 'stop-incomplete' ? leftHandles(own, sources) : null,
    handles: own.map(handleName),
    strayStop: engine === null ? null : strayStopOf(engine, sources),
    site: longest === undefined ? site : sources.site(sources.frameIn(longest.started ?? longest.created)),
    stoppedAt: others?.stoppedAt ?? [],
    final: options.isFinal,
  }
  return {
    id,
    kind,
    severity,
    ...sentencesOf(subject, (place) => `${shortPath(shownPath(place.file), shownPath(cwd))}:${place.line}`),
    engine: engine === null ? null : engineId(engineWithCreation(group, engine)),
    handles,
    count: group.length,
    holdsProcess,
    test: testPlace(scopeOfAll(group.map(scopeOf))),
    siblings,
    ...(leases.length === 0 ? {} : { leases: leases.map(engineId) }),
  }
}

function isOfLeases(kind: Fault['kind']): boolean {
  const found = kindOf(kind)
  return found.of === 'engine' && found.tellsOfLeases === true
}

/** The first engine of a finding that knows where it was created. Once the budget for stacks is used up, most engines do not. */
function engineWithCreation(group: readonly Fault[], first: EngineRecord): EngineRecord {
  if (first.created !== null) return first
  const created = group.find(
    ({ engine, severity }) => engine !== null && engine.created !== null && severity === group[0]?.severity,
  )
  return created?.engine ?? first
}

/** What the faults of a finding hold together. */
interface GroupTotals {
  /** Ids of all handles. */
  handles: string[]
  /** Those that no child holds. */
  own: OwnedHandle[]
  types: Set<string>
  children: Set<EngineRecord>
  holdsProcess: boolean
  /** When the first of them began. */
  since: number
}

function* summingUp(group: readonly Fault[]): Steps<GroupTotals> {
  const children = new Set<EngineRecord>()
  const totals: GroupTotals = {
    handles: [],
    own: [],
    types: new Set(),
    children,
    holdsProcess: false,
    since: now(),
  }
  let count = 0
  for (const fault of group) {
    totals.since = Math.min(totals.since, startedAt(fault))
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
      totals.handles.push(handleId(each))
      if (each.owner === null || !children.has(each.owner)) totals.own.push(each)
      totals.types.add(each.live.record.kind.type).add(name)
      if (each.ref) totals.holdsProcess = true
      if (seen.size % stepSize === 0) yield
    }
  }
  return totals
}

/** A pool's own clients go with it. */
function isPartOfLibrary({ traits, parent }: EngineRecord, children: ReadonlySet<EngineRecord>): boolean {
  return traits !== null && parent !== null && parent.traits !== null && children.has(parent)
}

/** Of orphans that the program keeps by several names there is none. */
function usersNameOf(group: readonly Fault[], engine: EngineRecord | null, sources: Sources): string | null {
  if (engine !== null) return nameOfEngine(engine, sources)
  const stacks = group.slice(0, namesLooked).map(({ handles }) => handles[0]?.live.record.stack)
  const [name = null, ...others] = new Set(stacks.map((stack) => keptName(stack, sources, false, true)))
  return others.length === 0 ? name : null
}

/** What users write to end a handle. */
function stopCallOf(handle: OwnedHandle | undefined): string | null {
  return handle === undefined ? null : handle.live.record.kind.stopCall(handle.live.resource)
}

/** `pending`: how many count as stopped because their stop was called, but are not. */
function siblingsOf(engine: EngineRecord, pending: number, sources: Sources): Finding['siblings'] {
  const place = startPlace(engine)
  if (place === null) return null
  const stoppedAt = [...place.stoppedAt.values()].map(({ file, line, column }) =>
    shownSite(sources.mapped(file, line, column)),
  )
  const stopped = Math.max(0, place.stopped - pending)
  return { started: place.started, stopped, stoppedAt: stopped === 0 ? [] : stoppedAt }
}

/** A stop that was called on another of its class, which was never started. */
function strayStopOf({ cls, place, test }: EngineRecord, sources: Sources): Subject['strayStop'] {
  const stray = cls?.strayStop ?? null
  const other = stray?.instance.deref()
  // Those of its place are stopped: it is this one that was forgotten. What one test stops, another has not meant.
  if ((place?.stopped ?? 0) > 0 || (test !== null && test !== stray?.test)) return null
  // It has been started since, or is not known to be another.
  if (stray === null || other === undefined || engineOf(other) !== undefined) return null
  const at = sources.site(sources.frameIn(stray.stopped))
  const made = sources.site(sources.frameIn(stray.created))
  return at === null ? null : { at: shownSite(at), made: made === null ? null : shownSite(made) }
}

function startedAt(fault: Fault): number {
  return fault.engine?.startedAt ?? fault.handles[0]?.live.record.openedAt ?? 0
}
