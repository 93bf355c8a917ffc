/** A watched process as a member of the tree of `leakwatch run`. Only such a process loads this. */
import { readFileSync } from 'node:fs'
import { isMainThread } from '../../core/self/main-thread.ts'
import { now, origin } from '../../core/time/clock.ts'
import type { Report } from '../../report/schema/report.ts'
import { program } from '../../settings/program.ts'
import { runVariable } from '../../settings/settings.ts'
import type { KnownLeak } from '../baseline/baseline.ts'
import { appendRecord, isReportRequested, type RecordFile, recordFilesIn } from './record-file.ts'
import { type EndRecord, recordText, type StartRecord } from './records.ts'

export interface Member {
  /** Whether `run` waits for a report of what keeps this process alive. */
  isReportRequested(): boolean
  /** Sends a report of a process that goes on. Gives whether `run` has it. */
  sendReport(report: Report, isReportRequested: boolean): boolean
  /** Sends the last record of the process. Gives whether `run` has it. */
  sendEnd(ending: Pick<EndRecord, 'exitCode' | 'signal' | 'report'>): boolean
}

/** Tells `run` that this process or thread has begun. `value` is that of `LEAKWATCH_RUN`. */
export function joinTree(value: string, start: Pick<StartRecord, 'signal' | 'complaints'>): Member {
  const files = recordFilesIn(value)
  let isSent = false
  const sendStart = () => {
    if (isSent) return
    isSent = true
    appendRecord(files, recordText({ event: 'start', process: ownProcess(), ...ownCommand(), ...start }))
  }
  // Where `--require` preloads leakwatch into a worker, Node names its script after that.
  if (process.argv.length > 1 || isMainThread) sendStart()
  else process.nextTick(sendStart)
  const { isReportRequested, sendReport, sendEnd } = member(files)
  return {
    isReportRequested,
    sendReport(report, isAsked) {
      sendStart()
      return sendReport(report, isAsked)
    },
    sendEnd(ending) {
      sendStart()
      return sendEnd(ending)
    },
  }
}

/** For a worker with an environment of its own: reads what its process was started with. `null`: there is no `run`. */
export function memberOfStartedProcess(): Member | null {
  const files = filesOfProcess()
  return files.length === 0 ? null : member(files)
}

/** Sends the leaks that a test suite in this process was failed for. Gives whether `run` has them. */
export function sendTestLeaks(files: readonly RecordFile[], leaks: readonly KnownLeak[]): boolean {
  const { pid } = process
  return appendRecord(files, recordText({ event: 'tested', pid, threadId: ownThreadId(), leaks }))
}

function member(files: readonly RecordFile[]): Member {
  const { pid } = process
  const threadId = ownThreadId()
  return {
    isReportRequested: () => isReportRequested(files),
    sendReport: (report, isAsked) =>
      appendRecord(files, recordText({ event: 'report', pid, threadId, isAsked: isAsked, report })),
    sendEnd: (ending) =>
      appendRecord(
        files,
        recordText({ event: 'end', pid, threadId, uptimeMs: Math.round(now()), ...ending }),
      ),
  }
}

function ownProcess(): StartRecord['process'] {
  return {
    pid: process.pid,
    ppid: process.ppid,
    threadId: ownThreadId(),
    isMainThread,
    node: process.version,
    main: program().main,
    cwd: workingDirectory(),
    startedAt: new Date(origin).toISOString(),
  }
}

/** A main thread need not load Node's module of workers for it. */
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

function filesOfProcess(): RecordFile[] {
  try {
    const entry = readFileSync('/proc/self/environ', 'utf8')
      .split('\0')
      .find((each) => each.startsWith(`${runVariable}=`))
    return entry === undefined ? [] : recordFilesIn(entry.slice(runVariable.length + 1))
  } catch {
    return []
  }
}
