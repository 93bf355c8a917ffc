/** Records in, the processes and threads of the tree out. */
import { basename } from 'node:path'
import type { TreeMember } from '../../report/merge.ts'
import type { Process, Report } from '../../report/report.ts'
import { serviceName } from '../../report/service.ts'
import type { EndRecord, ReportRecord, StartRecord, TreeRecord } from '../../tree/records.ts'
import { commandText } from './command-text.ts'

/** One life of a process or thread. */
export interface Watched {
  start: StartRecord
  end: EndRecord | null
  /** What held it when `run` asked. */
  asked: Report | null
  /** What it told while it went on: all that is known should it be killed. */
  told: Report | null
}

/** In the order in which they began. */
export function watchedIn(records: readonly TreeRecord[]): Watched[] {
  const all: Watched[] = []
  const latest = new Map<string, Watched>()
  for (const record of records) {
    if (record.event === 'tested') continue
    if (record.event === 'start') {
      const watched: Watched = { start: record, end: null, asked: null, told: null }
      all.push(watched)
      // A pid that comes again, and a process that replaced itself, is another.
      latest.set(keyOf(record.process), watched)
      continue
    }
    const watched = latest.get(keyOf(record)) ?? unannounced(record, all, latest)
    if (record.event === 'end') watched.end = record
    else if (record.isAsked) watched.asked = record.report
    else watched.told = record.report
  }
  return all
}

/** A worker with an environment of its own is heard of when it has something to report. */
function unannounced(
  record: ReportRecord | EndRecord,
  all: Watched[],
  latest: Map<string, Watched>,
): Watched {
  const { pid, threadId, report } = record
  const parent = latest.get(keyOf({ pid, threadId: 0 }))
  const known = report?.process ?? parent?.start.process
  const watched: Watched = {
    start: {
      event: 'start',
      process: {
        pid,
        ppid: known?.ppid ?? 0,
        threadId,
        isMainThread: threadId === 0,
        node: known?.node ?? '',
        main: report?.process.main ?? null,
        cwd: known?.cwd ?? '',
        startedAt: known?.startedAt ?? new Date().toISOString(),
      },
      flags: parent?.start.flags ?? 0,
      argv: parent?.start.argv ?? ['node', report?.process.main ?? ''],
      signal: null,
      complaints: [],
    },
    end: null,
    asked: null,
    told: null,
  }
  all.push(watched)
  latest.set(keyOf(record), watched)
  return watched
}

function keyOf({ pid, threadId }: { pid: number; threadId: number }): string {
  return `${pid}.${threadId}`
}

/** What `run` knows from elsewhere. */
export interface Outside {
  hostname: string
  /** As set; `null`: each program's package. */
  service: string | null
  /** How the command ended. */
  root: { pid: number; exitCode: number | null; signal: string | null }
  isAlive(pid: number): boolean
}

export function membersOf(watched: readonly Watched[], outside: Outside): TreeMember[] {
  const ended = new Set(
    watched.filter(({ start, end }) => start.process.isMainThread && end !== null).map(pidOf),
  )
  const commands = new Map<number, string>()
  return watched.map((each, index) => {
    const { start, end } = each
    const { pid, isMainThread } = start.process
    const isReplaced = watched
      .slice(index + 1)
      .some((later) => pidOf(later) === pid && later.start.process.isMainThread && isMainThread)
    // A thread ends with its process, or by `terminate()`: neither leaves it the time for a word.
    const isOver =
      end !== null ||
      each.asked !== null ||
      isReplaced ||
      (!isMainThread && (ended.has(pid) || !outside.isAlive(pid)))
    const isLeft = isMainThread && end === null && !isReplaced && outside.isAlive(pid)
    const state = isLeft ? 'running' : isOver ? 'ended' : 'unreported'
    const report = each.asked ?? end?.report ?? (end === null ? each.told : null)
    // A worker's `argv` is its own.
    const own = commandText(start.argv, start.flags)
    const command = isMainThread ? own : (commands.get(pid) ?? own)
    commands.set(pid, command)
    return { process: { ...processOf(each, report, outside), command, state }, report }
  })
}

function pidOf({ start }: Watched): number {
  return start.process.pid
}

function processOf({ start, end }: Watched, report: Report | null, outside: Outside): Process {
  const { process } = start
  const isRoot = process.isMainThread && process.pid === outside.root.pid
  const ending = isRoot ? outside.root : { exitCode: end?.exitCode ?? null, signal: end?.signal ?? null }
  return {
    ...process,
    service: report?.process.service ?? serviceName(outside.service, process.main),
    hostname: outside.hostname,
    uptimeMs: end?.uptimeMs ?? report?.process.uptimeMs ?? Date.now() - Date.parse(process.startedAt),
    exitCode: ending.exitCode,
    signal: ending.signal,
  }
}

/** Of a command that is no watched process: a shell, say. It speaks for `service`, that of its first Node.js process. */
export function foreignProcess(
  command: readonly string[],
  startedAt: number,
  service: string | null,
  outside: Outside,
): Process {
  const { pid, exitCode, signal } = outside.root
  return {
    pid,
    ppid: process.pid,
    threadId: 0,
    isMainThread: true,
    node: process.version,
    service: service ?? basename(command[0] ?? 'node'),
    main: null,
    cwd: process.cwd(),
    hostname: outside.hostname,
    startedAt: new Date(startedAt).toISOString(),
    uptimeMs: Date.now() - startedAt,
    exitCode,
    signal,
  }
}
