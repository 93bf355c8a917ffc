/** Describes the engines and handles of a report, each once. */
import { readlinkSync } from 'node:fs'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import type { TestScope } from '../../core/records/test-scope.ts'
import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import type { OwnedHandle, Stock } from '../../core/stock.ts'
import { now, origin } from '../../core/time/clock.ts'
import { type Steps, stepSize } from '../../core/time/steps.ts'
import { startedAgainBy } from '../../judge/kinds/started-again.ts'
import type { Detail, Engine, Handle, Site, TestPlace } from '../schema/report.ts'
import { shownName, shownPath, shownSite, shownText } from '../secrets/shown.ts'
import type { Sources } from '../sources/sources.ts'

/** Describes an engine again only if it has changed. */
export class Parts {
  readonly #sources: Sources
  readonly #handles = new Map<OwnedHandle, Handle>()
  readonly #engines = new Map<
    EngineRecord,
    { engine: Engine; stopped: CapturedStack | null; main: unknown }
  >()
  /** The handle that is the engine itself, as a server's is. */
  readonly #mains = new Map<EngineRecord, OwnedHandle>()
  /** For each owner and name (`setInterval`) the stack of one handle. A handle without a stack shows it. */
  readonly #kin = new Map<EngineRecord | null, Map<string, CapturedStack>>()

  constructor(sources: Sources) {
    this.#sources = sources
  }

  /** Makes a handle known. To be called for all handles before anything is described. */
  add(owned: OwnedHandle): void {
    const { live, owner, isEngine } = owned
    if (isEngine && owner !== null) this.#mains.set(owner, owned)
    const { stack } = live.record
    if (stack === null) return
    let ofOwner = this.#kin.get(owner)
    if (ofOwner === undefined) {
      ofOwner = new Map()
      this.#kin.set(owner, ofOwner)
    }
    const name = handleName(owned)
    if (!ofOwner.has(name)) ofOwner.set(name, stack)
  }

  engine(record: EngineRecord): Engine {
    const main = this.#mains.get(record)
    const state = stateOf(record)
    const known = this.#engines.get(record)
    if (known?.engine.state === state && known.engine.starts === record.starts) {
      if (known.stopped === record.stopped && known.main === main) return known.engine
    }
    const engine: Engine = {
      id: engineId(record),
      name: shownName(record.name),
      origin: record.origin,
      lease: record.lease,
      package: record.package === null ? null : shownName(record.package),
      parent: record.parent === null ? null : engineId(record.parent),
      state,
      start: shownName(record.start),
      stop: shownName(record.stop),
      starts: record.starts,
      created: this.#sources.stack(record.created),
      started: this.#sources.stack(record.started),
      stopped: this.#sources.stack(lastStop(record)),
      site: this.#siteIn(record.started ?? record.created ?? record.stopped),
      startedAt: timestamp(record.startedAt),
      stoppedAt: record.stoppedAt === null ? null : timestamp(record.stoppedAt),
      ageMs: Math.round(now() - record.startedAt),
      detail: main === undefined ? libraryDetail(record) : this.#detail(main),
      test: testPlace(record.test),
      ...(record.waitsIn === null || state !== 'stopping'
        ? {}
        : { waiting: this.#sources.stack(record.waitsIn) }),
      ...(record.traceId === null ? {} : { traceId: record.traceId }),
    }
    this.#engines.set(record, { engine, stopped: record.stopped, main })
    return engine
  }

  handle(owned: OwnedHandle): Handle {
    let handle = this.#handles.get(owned)
    if (handle === undefined) {
      handle = this.#describe(owned)
      this.#handles.set(owned, handle)
    }
    return handle
  }

  #describe(owned: OwnedHandle): Handle {
    const { record } = owned.live
    const { owner } = owned
    const own = record.stack ?? (owned.isEngine ? (owner?.started ?? null) : null)
    const name = handleName(owned)
    const nearest = own ?? this.#kin.get(owner)?.get(name) ?? owner?.started ?? owner?.created ?? null
    return {
      id: handleId(owned),
      type: record.kind.type,
      name,
      engine: owner === null ? null : engineId(owner),
      ref: owned.ref,
      ageMs: Math.round(now() - record.openedAt),
      created: this.#sources.stack(own),
      site: this.#siteIn(nearest) ?? this.#siteIn(owner?.started ?? null),
      sampled: own === null,
      detail: this.#detail(owned),
    }
  }

  #siteIn(stack: CapturedStack | null): Site | null {
    const site = this.#sources.site(this.#sources.frameIn(stack))
    return site === null ? null : shownSite(site)
  }

  #detail({ live }: OwnedHandle): Detail {
    const { kind } = live.record
    const detail: Detail = { ...kind.detail(live.resource) }
    if (kind.isFile) Object.assign(detail, pathOf(detail.fd))
    return shownDetail(detail)
  }
}

function shownDetail(detail: Detail): Detail {
  for (const key in detail) {
    const value = detail[key]
    const isPath = typeof value === 'string' && (key === 'path' || value.startsWith('/'))
    if (typeof value === 'string') detail[key] = isPath ? shownPath(value) : shownText(value)
    // A delay may be computed: nobody reads its fraction.
    else if (typeof value === 'number') detail[key] = Math.round(value)
  }
  return detail
}

/** What started itself again shows the stop before. */
function lastStop(record: EngineRecord): CapturedStack | null {
  return record.stopped ?? (startedAgainBy(record) === null ? null : record.stoppedBefore)
}

/** What its library tells of an engine. */
function libraryDetail({ traits, target }: EngineRecord): Detail {
  const object = traits === null ? undefined : target?.deref()
  return traits === null || object === undefined ? {} : shownDetail({ ...traits.detail(object) })
}

export function* lookingAtParts({ handles }: Stock, sources: Sources): Steps<Parts> {
  const parts = new Parts(sources)
  let count = 0
  for (const each of handles) {
    parts.add(each)
    count += 1
    if (count % stepSize === 0) yield
  }
  return parts
}

/** A test, as a report has it. */
export function testPlace(scope: TestScope | null): TestPlace | null {
  if (scope === null) return null
  const { file, name, hook } = scope
  return {
    file: shownPath(file),
    name: name === null ? null : shownText(name),
    hook: hook === null ? null : shownName(hook),
  }
}

export function engineId(record: EngineRecord): string {
  return `e${record.id}`
}

export function handleId({ live }: OwnedHandle): string {
  return `h${live.record.id}`
}

/** What users call a handle. The handle that is an engine has the engine's name: `http.Server`. */
export function handleName({ live, owner, isEngine }: OwnedHandle): string {
  return shownName(isEngine && owner !== null ? owner.name : live.record.kind.name(live.resource))
}

export function timestamp(at: number): string {
  return new Date(origin + at).toISOString()
}

function stateOf(record: EngineRecord): Engine['state'] {
  if (record.state === 'stopped' || record.state === 'failed') return record.state
  if (record.target !== null && record.target.deref() === undefined) return 'collected'
  return record.state === 'created' ? 'running' : record.state
}

/** A file handle does not know its path; Linux does. */
function pathOf(fd: Detail[string] | undefined): Detail {
  try {
    return { path: readlinkSync(`/proc/self/fd/${fd}`) }
  } catch {
    return {}
  }
}
