/** Faults in, findings out: one for all instances of one bug. */
import { relative } from 'node:path'
import { now } from '../core/clock.ts'
import type { EngineRecord } from '../core/engine-record.ts'
import type { PlainFrame } from '../core/stack.ts'
import { startPlace } from '../core/start-place.ts'
import type { OwnedHandle } from '../core/stock.ts'
import { fingerprint, packageOf } from '../judge/fingerprint.ts'
import { type IgnoreRule, isIgnored } from '../judge/ignore.ts'
import type { Fault } from '../judge/judge.ts'
import { isFinal, type Trigger } from '../judge/verdict.ts'
import { engineId, handleId, handleName } from './parts.ts'
import type { Finding } from './report.ts'
import type { Sources } from './sources.ts'
import { fixOf, messageOf, type Subject } from './wording.ts'

export interface Built {
  finding: Finding
  faults: readonly Fault[]
}

interface Context {
  sources: Sources
  options: { trigger: Trigger; ignore: readonly IgnoreRule[] }
  /** How a file is printed. */
  show: (file: string) => string
}

/** Leaks first, then by how much they hold. Those that a rule ignores are left out. */
export function findingsOf(
  faults: readonly Fault[],
  sources: Sources,
  options: Context['options'],
  cwd: string,
): Built[] {
  const context = { sources, options, show: (file: string) => shortPath(file, cwd) }
  const built: Built[] = []
  for (const [id, group] of groupById(faults, sources)) {
    const finding = describe(group, id, context)
    if (finding !== null) built.push({ finding, faults: group })
  }
  const rank = ({ finding }: Built) => (finding.severity === 'leak' ? 0 : 1)
  return built.sort((a, b) => rank(a) - rank(b) || b.finding.handles.length - a.finding.handles.length)
}

/** By fingerprint; where any is a leak, a leak is the first. */
function groupById(faults: readonly Fault[], sources: Sources): Map<string, Fault[]> {
  const groups = new Map<string, Fault[]>()
  const idOf = identify(sources)
  for (const fault of faults) {
    const id = idOf(fault)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [fault])
    else if (fault.severity === 'leak' && group[0]?.severity === 'warning') group.unshift(fault)
    else group.push(fault)
  }
  return groups
}

/** Tells a fault's id, which is made once for all faults of one kind and name at one place. */
function identify(sources: Sources): (fault: Fault) => string {
  const known = new Map<PlainFrame | null, Map<string, string>>()
  return (fault) => {
    const { kind } = fault
    const frame = frameOf(fault, sources)
    const name = nameOf(fault)
    let ofFrame = known.get(frame)
    if (ofFrame === undefined) {
      ofFrame = new Map()
      known.set(frame, ofFrame)
    }
    const key = `${kind} ${name}`
    const id = ofFrame.get(key)
    if (id !== undefined) return id
    const file = sources.site(frame)?.file ?? null
    const made = fingerprint({ kind, name, file, function: frame?.function ?? null })
    ofFrame.set(key, made)
    return made
  }
}

function describe(group: readonly Fault[], id: string, { sources, options, show }: Context): Finding | null {
  const first = group[0] as Fault
  const { engine, kind, severity } = first
  const owned = new Set<OwnedHandle>()
  const children = new Set<EngineRecord>()
  for (const fault of group) {
    for (const each of fault.handles) owned.add(each)
    for (const each of fault.children) children.add(each)
  }
  const site = sources.site(frameOf(first, sources))
  const suspect = {
    id,
    kind,
    engine: engine?.name ?? null,
    types: typesOf(owned),
    file: site?.file ?? null,
    package: site === null ? null : (packageOf(site.file)?.name ?? null),
  }
  if (isIgnored(suspect, options.ignore)) return null
  const siblings = engine === null ? null : siblingsOf(engine, sources)
  const at = now()
  const subject: Subject = {
    kind,
    severity,
    name: nameOf(first),
    count: group.length,
    ageMs: at - group.reduce((oldest, fault) => Math.min(oldest, startedAt(fault)), at),
    stopAgeMs: engine?.stopCalledAt === null || engine === null ? null : at - engine.stopCalledAt,
    stopFailed: engine?.stopFailed ?? false,
    startVerb: engine?.start ?? '',
    stopVerb: engine?.stop ?? '',
    children: [...children].map(({ name }) => name),
    // What a child holds goes with the child.
    handles: [...owned]
      .filter(({ owner }) => owner === null || !children.has(owner))
      .map((each) => ({ name: handleName(each) })),
    site,
    stoppedAt: siblings?.stoppedAt ?? [],
    final: isFinal(options.trigger),
  }
  return {
    id,
    kind,
    severity,
    message: messageOf(subject),
    fix: fixOf(subject, (place) => `${show(place.file)}:${place.line}`),
    engine: engine === null ? null : engineId(engine),
    handles: [...owned].map(handleId),
    count: group.length,
    holdsProcess: [...owned].some(({ ref }) => ref),
    test: null,
    siblings,
  }
}

function nameOf({ engine, handles }: Fault): string {
  return engine?.name ?? handleName(handles[0] as OwnedHandle)
}

function typesOf(handles: ReadonlySet<OwnedHandle>): string[] {
  const types = new Set<string>()
  for (const each of handles) types.add(each.live.record.kind.type).add(handleName(each))
  return [...types]
}

function siblingsOf(engine: EngineRecord, sources: Sources): Finding['siblings'] {
  const place = startPlace(engine)
  if (place === null) return null
  const stoppedAt = [...place.stoppedAt.values()].map(({ file, line, column }) =>
    sources.mapped(file, line, column),
  )
  return { started: place.started, stopped: place.stopped, stoppedAt }
}

function frameOf({ engine, handles }: Fault, sources: Sources): PlainFrame | null {
  return sources.frameIn(
    engine === null ? (handles[0]?.live.record.stack ?? null) : (engine.started ?? engine.created),
  )
}

function startedAt(fault: Fault): number {
  return fault.engine?.startedAt ?? fault.handles[0]?.live.record.openedAt ?? 0
}

function shortPath(file: string, cwd: string): string {
  const path = cwd === '' ? file : relative(cwd, file)
  return path === '' || path.startsWith('..') ? file : path
}
