/** The watched processes of this user, found as they come and go, with what each tells. */
import { serviceName } from '../../report/model/service.ts'
import type { Counts } from '../../report/schema/counts.ts'
import { shownName } from '../../report/secrets/shown.ts'
import { NoReport } from '../targets/no-report.ts'
import { allPids, type OtherProcess, processNow } from '../targets/other-process.ts'
import { hasEnded } from '../targets/request.ts'
import { View } from '../targets/view.ts'
import { type WatchedProcess, watchedAs } from '../targets/watched-process.ts'

/** One process as it is at the moment. */
export interface Sight {
  /** Unique, as a pid is not: pids are reused. */
  readonly id: string
  /** Whether it has told anything since it was asked last. */
  readonly isAnswered: boolean
  readonly pid: number
  readonly service: string
  readonly node: string
  readonly ageMs: number
  /** What it told last; `null`: nothing yet. */
  readonly counts: Counts | null
  /** Of one core, since the last look; `null`: the system does not tell, or this is the first. */
  readonly cpu: number | null
  /** Why it tells nothing at the moment; `null`: it does. */
  readonly silence: string | null
}

type Now = Pick<OtherProcess, 'state' | 'cpuSeconds'>

interface Member {
  readonly watched: WatchedProcess
  readonly view: View
  readonly service: string
  readonly addedAt: number
  counts: Counts | null
  answeredAt: number
  /** Why it cannot be asked. */
  refusal: string | null
  /** CPU seconds, and when. */
  spent: { readonly seconds: number; readonly at: number }
}

/** When a process that is not watched is looked at again: it may only just have started. */
interface Stranger {
  lookAt: number
  pauseMs: number
}

const firstPauseMs = 500
const longestPauseMs = 64_000
/** A process that tells nothing for so long is said to be silent. */
const silentAfterMs = 5000

export class Fleet {
  readonly #members = new Map<number, Member>()
  readonly #strangers = new Map<number, Stranger>()
  /** Only these are shown; `null`: whoever comes. */
  readonly #chosen: ReadonlySet<number> | null

  /** `chosen`: watched processes that were asked for by their pids. */
  constructor(chosen: readonly WatchedProcess[]) {
    this.#chosen = chosen.length === 0 ? null : new Set(chosen.map(({ seen }) => seen.pid))
    for (const watched of chosen) this.#add(watched, performance.now())
  }

  get size(): number {
    return this.#members.size
  }

  /** Looks who is there, and asks them all. `at`: milliseconds of a clock that only goes forward. */
  ask(at: number): void {
    if (this.#chosen === null) this.#find(at)
    for (const member of this.#members.values()) {
      try {
        member.view.ask()
        member.refusal = null
      } catch (error) {
        member.refusal = reasonOf(error)
      }
    }
  }

  /** What they have told until now. Those that have ended are left out from then on. */
  look(at: number): Sight[] {
    const sights: Sight[] = []
    for (const [pid, member] of this.#members) {
      const now = processNow(pid)
      if (now === null || hasEnded(now, member.watched.seen)) this.#remove(pid)
      else sights.push(sightOf(member, now, at))
    }
    return sights
  }

  /** Takes all requests back: nobody is asked any more. */
  close(): void {
    for (const pid of [...this.#members.keys()]) this.#remove(pid)
  }

  #find(at: number): void {
    const pids = new Set(allPids())
    for (const pid of this.#strangers.keys()) if (!pids.has(pid)) this.#strangers.delete(pid)
    for (const pid of pids) {
      const stranger = this.#strangers.get(pid)
      if (this.#members.has(pid) || pid === process.pid || (stranger?.lookAt ?? 0) > at) continue
      const watched = watchedAs(pid)
      if (watched !== null) {
        this.#add(watched, at)
        continue
      }
      const pauseMs = Math.min(longestPauseMs, (stranger?.pauseMs ?? firstPauseMs / 2) * 2)
      this.#strangers.set(pid, { pauseMs, lookAt: at + pauseMs })
    }
  }

  #add(watched: WatchedProcess, at: number): void {
    const { seen, entry } = watched
    this.#strangers.delete(seen.pid)
    this.#members.set(seen.pid, {
      watched,
      view: new View(watched),
      service: shownName(serviceName(entry.service, entry.main)),
      addedAt: at,
      counts: null,
      answeredAt: at,
      refusal: null,
      spent: { seconds: Number.NaN, at },
    })
  }

  #remove(pid: number): void {
    this.#members.get(pid)?.view.close()
    this.#members.delete(pid)
  }
}

function sightOf(member: Member, now: Now, at: number): Sight {
  const { seen, entry } = member.watched
  const silence = now.state === 'stopped' ? 'stopped' : silenceOf(member, at)
  const cpu = cpuOf(member, now, at)
  return {
    id: `${seen.pid}-${seen.start}`,
    isAnswered: member.view.isRead,
    pid: seen.pid,
    service: member.service,
    node: entry.node,
    ageMs: seen.ageMs + at - member.addedAt,
    counts: member.counts,
    cpu: Number.isFinite(cpu) ? cpu : null,
    silence,
  }
}

function silenceOf(member: Member, at: number): string | null {
  if (member.refusal !== null) return member.refusal
  try {
    const counts = member.view.answer()
    if (counts !== null) {
      member.counts = counts
      member.answeredAt = at
    }
  } catch (error) {
    return reasonOf(error)
  }
  const quietMs = at - member.answeredAt
  return quietMs < silentAfterMs ? null : `no answer for ${Math.round(quietMs / 1000)} s`
}

function reasonOf(error: unknown): string {
  if (error instanceof NoReport) return error.shortReason
  throw error
}

function cpuOf(member: Member, { cpuSeconds }: Now, at: number): number {
  const { seconds, at: before } = member.spent
  if (process.platform !== 'linux') return Number.NaN
  member.spent = { seconds: cpuSeconds, at }
  return ((cpuSeconds - seconds) / (at - before)) * 1000
}
