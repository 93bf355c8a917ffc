/** The engines and handles of a report, each described once. */
import { readlinkSync } from 'node:fs'
import { now, origin } from '../core/clock.ts'
import type { EngineRecord } from '../core/engine-record.ts'
import type { CapturedStack } from '../core/stack.ts'
import { type Steps, stepSize } from '../core/steps.ts'
import type { OwnedHandle, Stock } from '../core/stock.ts'
import type { TestScope } from '../core/test-context.ts'
import { redact } from './redact.ts'
import type { Detail, Engine, Handle, Site, TestPlace } from './report.ts'
import type { Sources } from './sources.ts'

/** What has been described is described again only where it has changed. */
export class Parts {
  readonly #sources: Sources
  readonly #handles = new Map<OwnedHandle, Handle>()
  readonly #engines = new Map<
    EngineRecord,
    { engine: Engine; stopped: CapturedStack | null; main: unknown }
  >()
  /** The handle that is an engine: a server's. */
  readonly #mains = new Map<EngineRecord, OwnedHandle>()
  /** A stack of each owner's handles of one name (`setInterval`): what a handle without its own shows. */
  readonly #kin = new Map<EngineRecord | null, Map<string, CapturedStack>>()
  readonly #redacted = new Map<string, string>()

  constructor(sources: Sources) {
    this.#sources = sources
  }

  /** A handle of which parts may be asked for, or of whose kin. */
  note(owned: OwnedHandle): void {
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
      name: record.name,
      origin: record.origin,
      package: record.package,
      parent: record.parent === null ? null : engineId(record.parent),
      state,
      start: record.start,
      stop: record.stop,
      starts: record.starts,
      created: this.#sources.stack(record.created),
      started: this.#sources.stack(record.started),
      stopped: this.#sources.stack(record.stopped),
      site: this.#siteIn(record.started ?? record.created),
      startedAt: timestamp(record.startedAt),
      stoppedAt: record.stoppedAt === null ? null : timestamp(record.stoppedAt),
      ageMs: Math.round(now() - record.startedAt),
      detail: main === undefined ? {} : this.#detail(main),
      test: testPlace(record.test),
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
    return this.#sources.site(this.#sources.frameIn(stack))
  }

  #detail({ live }: OwnedHandle): Detail {
    const { kind } = live.record
    const detail: Detail = { ...kind.detail(live.resource) }
    if (kind.type === 'FILEHANDLE') Object.assign(detail, pathOf(detail.fd))
    for (const key in detail) {
      const value = detail[key]
      if (typeof value === 'string') detail[key] = this.#redact(value)
    }
    return detail
  }

  /** Addresses, commands and paths come again and again. */
  #redact(text: string): string {
    const known = this.#redacted.get(text)
    if (known !== undefined) return known
    const redacted = redact(text)
    this.#redacted.set(text, redacted)
    return redacted
  }
}

export function* lookingAtParts({ handles }: Stock, sources: Sources): Steps<Parts> {
  const parts = new Parts(sources)
  let count = 0
  for (const each of handles) {
    parts.note(each)
    count += 1
    if (count % stepSize === 0) yield
  }
  return parts
}

/** As a report tells it. */
export function testPlace(scope: TestScope | null): TestPlace | null {
  return scope === null ? null : { file: scope.file, name: scope.name, hook: scope.hook }
}

export function engineId(record: EngineRecord): string {
  return `e${record.id}`
}

export function handleId({ live }: OwnedHandle): string {
  return `h${live.record.id}`
}

/** What users call it; the handle of an engine bears the engine's name: `http.Server`. */
export function handleName({ live, owner, isEngine }: OwnedHandle): string {
  return isEngine && owner !== null ? owner.name : live.record.kind.name(live.resource)
}

export function timestamp(at: number): string {
  return new Date(origin + at).toISOString()
}

function stateOf(record: EngineRecord): Engine['state'] {
  if (record.state === 'stopped' || record.state === 'failed') return record.state
  if (record.target !== null && record.target.deref() === undefined) return 'collected'
  return record.state === 'created' ? 'running' : record.state
}

/** A file handle does not know its file; Linux does. */
function pathOf(fd: Detail[string] | undefined): Detail {
  try {
    return { path: readlinkSync(`/proc/self/fd/${fd}`) }
  } catch {
    return {}
  }
}
