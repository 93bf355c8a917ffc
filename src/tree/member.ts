/** A watched process as part of the tree of a `leakwatch run`. Loaded only there. */
import { readFileSync } from 'node:fs'
import type { KnownLeak } from '../baseline.ts'
import { now, origin } from '../core/clock.ts'
import { isMainThread } from '../core/main-thread.ts'
import type { Report } from '../report/report.ts'
import { runVariable } from '../settings.ts'
import { append, isAsked, type Place, placesIn } from './place.ts'
import { type EndRecord, recordText, type StartRecord } from './records.ts'

export interface Member {
  /** Whether `run` waits for a report of what holds this process. */
  isAsked(): boolean
  /** What the process tells while it goes on. Whether `run` has got it. */
  tell(report: Report, isAsked: boolean): boolean
  /** The last that is heard of the process. Whether `run` has got it. */
  end(ending: Pick<EndRecord, 'exitCode' | 'signal' | 'report'>): boolean
}

/** `value` is that of `LEAKWATCH_RUN`. Tells `run` that this process, or thread, has begun. */
export function joinTree(value: string, start: Pick<StartRecord, 'signal' | 'complaints'>): Member {
  const places = placesIn(value)
  append(places, recordText({ event: 'start', process: ownProcess(), ...ownCommand(), ...start }))
  return member(places)
}

/** A worker with an environment of its own: what its process was started with tells. `null`: no `run` is there. */
export function lateMember(): Member | null {
  const places = placesOfProcess()
  return places.length === 0 ? null : member(places)
}

/** What a test suite in this process has judged. Whether `run` has got it. */
export function tellTested(places: readonly Place[], leaks: readonly KnownLeak[]): boolean {
  const { pid } = process
  return append(places, recordText({ event: 'tested', pid, threadId: ownThreadId(), leaks }))
}

function member(places: readonly Place[]): Member {
  const { pid } = process
  const threadId = ownThreadId()
  return {
    isAsked: () => isAsked(places),
    tell: (report, asked) =>
      append(places, recordText({ event: 'report', pid, threadId, isAsked: asked, report })),
    end: (ending) =>
      append(places, recordText({ event: 'end', pid, threadId, uptimeMs: Math.round(now()), ...ending })),
  }
}

function ownProcess(): StartRecord['process'] {
  return {
    pid: process.pid,
    ppid: process.ppid,
    threadId: ownThreadId(),
    isMainThread,
    node: process.version,
    main: process.argv[1] ?? null,
    cwd: workingDirectory(),
    startedAt: new Date(origin).toISOString(),
  }
}

/** A main thread is not to load Node's workers for it. */
function ownThreadId(): number {
  if (isMainThread) return 0
  return (require('node:worker_threads') as typeof import('node:worker_threads')).threadId
}

function ownCommand(): Pick<StartRecord, 'argv' | 'flags'> {
  const { argv0, argv, execArgv } = process
  return { argv: [argv0, ...execArgv, ...argv.slice(1)], flags: execArgv.length }
}

function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}

function placesOfProcess(): Place[] {
  try {
    const entry = readFileSync('/proc/self/environ', 'utf8')
      .split('\0')
      .find((each) => each.startsWith(`${runVariable}=`))
    return entry === undefined ? [] : placesIn(entry.slice(runVariable.length + 1))
  } catch {
    return []
  }
}
