/** Records in; the processes and threads of the tree out. */
import { basename } from 'node:path'
import type { EndRecord, ReportRecord, StartRecord, TreeRecord } from '../../processes/tree/records.ts'
import type { TreeMember } from '../../report/model/merge.ts'
import { serviceName } from '../../report/model/service.ts'
import type { Process, Report } from '../../report/schema/report.ts'
import { shownName, shownPath } from '../../report/secrets/shown.ts'
import { commandText } from './command-text.ts'

/** One life of a process or thread. */
export interface ProcessLife {
  start: StartRecord
  end: EndRecord | null
  /** What kept it alive when `run` asked. */
  requestedReport: Report | null
  /** Its last report of its own accord: all that is known if it is killed. */
  latestReport: Report | null
}

/** In the order in which they began. */
export function processLives(records: readonly TreeRecord[]): ProcessLife[] {
  const all: ProcessLife[] = []
  const latest = new Map<string, ProcessLife>()
  for (const record of records) {
    if (record.event === 'tested') continue
    if (record.event === 'start') {
      const life: ProcessLife = { start: record, end: null, requestedReport: null, latestReport: null }
      all.push(life)
      // The pid was used again, or the process replaced itself.
      latest.set(keyOf(record.process), life)
      continue
    }
    const life = latest.get(keyOf(record)) ?? unannouncedLife(record, all, latest)
    if (record.event === 'end') life.end = record
    else if (record.isAsked) life.requestedReport = record.report
    else life.latestReport = record.report
  }
  return all
}

/** A worker with an environment of its own sends nothing until it has something to report. */
function unannouncedLife(
  record: ReportRecord | EndRecord,
  all: ProcessLife[],
  latest: Map<string, ProcessLife>,
): ProcessLife {
  const { pid, threadId, report } = record
  const parent = latest.get(keyOf({ pid, threadId: 0 }))
  const known = report?.process ?? parent?.start.process
  const life: ProcessLife = {
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
    requestedReport: null,
    latestReport: null,
  }
  all.push(life)
  latest.set(keyOf(record), life)
  return life
}

function keyOf({ pid, threadId }: { pid: number; threadId: number }): string {
  return `${pid}.${threadId}`
}

/** What `run` knows from elsewhere than the records. */
export interface RunFacts {
  hostname: string
  /** The setting; `null`: the name of each program's package. */
  service: string | null
  /** How the command ended. */
  root: { pid: number; exitCode: number | null; signal: string | null }
  isAlive(pid: number): boolean
}

export function membersOf(lives: readonly ProcessLife[], facts: RunFacts): TreeMember[] {
  const ended = new Set(
    lives.filter(({ start, end }) => start.process.isMainThread && end !== null).map(pidOf),
  )
  const commands = new Map<number, string>()
  return lives.map((each, index) => {
    const { start, end } = each
    const { pid, isMainThread } = start.process
    const isReplaced = lives
      .slice(index + 1)
      .some((later) => pidOf(later) === pid && later.start.process.isMainThread && isMainThread)
    // A thread ends with its process, or by `terminate()`: neither leaves it time to report.
    const isOver =
      end !== null ||
      each.requestedReport !== null ||
      isReplaced ||
      (!isMainThread && (ended.has(pid) || !facts.isAlive(pid)))
    const isLeft = isMainThread && end === null && !isReplaced && facts.isAlive(pid)
    const state = isLeft ? 'running' : isOver ? 'ended' : 'unreported'
    const report = each.requestedReport ?? end?.report ?? (end === null ? each.latestReport : null)
    // A worker has an `argv` of its own.
    const own = commandText(start.argv, start.flags)
    const command = isMainThread ? own : (commands.get(pid) ?? own)
    commands.set(pid, command)
    return { process: { ...processOf(each, report, facts), command, state }, report }
  })
}

function pidOf({ start }: ProcessLife): number {
  return start.process.pid
}

function processOf({ start, end }: ProcessLife, report: Report | null, facts: RunFacts): Process {
  const { process } = start
  const isRoot = process.isMainThread && process.pid === facts.root.pid
  const ending = isRoot ? facts.root : { exitCode: end?.exitCode ?? null, signal: end?.signal ?? null }
  return {
    ...process,
    service: shownName(report?.process.service ?? serviceName(facts.service, process.main)),
    ...(report?.process.version === undefined ? {} : { version: report.process.version }),
    main: process.main === null ? null : shownPath(process.main),
    cwd: shownPath(process.cwd),
    hostname: shownName(facts.hostname),
    uptimeMs: end?.uptimeMs ?? report?.process.uptimeMs ?? Date.now() - Date.parse(process.startedAt),
    exitCode: ending.exitCode,
    signal: ending.signal,
  }
}

/** Stands for a command that is not watched, such as a shell. `service` is that of its first Node.js process. */
export function unwatchedCommand(
  command: readonly string[],
  startedAt: number,
  service: string | null,
  facts: RunFacts,
): Process {
  const { pid, exitCode, signal } = facts.root
  return {
    pid,
    ppid: process.pid,
    threadId: 0,
    isMainThread: true,
    node: process.version,
    service: shownName(service ?? basename(command[0] ?? 'node')),
    main: null,
    cwd: shownPath(process.cwd()),
    hostname: shownName(facts.hostname),
    startedAt: new Date(startedAt).toISOString(),
    uptimeMs: Date.now() - startedAt,
    exitCode,
    signal,
  }
}
