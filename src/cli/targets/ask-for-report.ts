/** Asks a watched process for a report: a request in its folder, a signal, and the answer there. */

import { randomBytes } from 'node:crypto'
import { closeSync, constants, existsSync, openSync, renameSync } from 'node:fs'
import { errors } from '../../errors/errors.ts'
import type { AnswerFailure } from '../../processes/presence/answer.ts'
import { answerFile, requestFile, withdrawnFile } from '../../processes/presence/entry.ts'
import { remove } from '../../processes/presence/folder.ts'
import type { Report } from '../../report/schema/report.ts'
import { beforeFatalSignal } from './before-fatal-signal.ts'
import { NoReport, processGone } from './no-report.ts'
import { type OtherProcess, otherProcess } from './other-process.ts'
import type { WatchedProcess } from './watched-process.ts'

const lookEveryMs = 20
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants

/** Leaves no file behind. @throws NoReport if none comes within `timeoutMs`. */
export async function askForReport(watched: WatchedProcess, timeoutMs: number): Promise<Report> {
  const { folder, base } = watched
  const name = requestFile(base, `${process.pid}-${randomBytes(8).toString('hex')}`)
  let isSent = false
  const cleanUp = () => {
    if (isSent) withdraw(watched, name)
    remove(folder.at(name))
    remove(folder.at(answerFile(name)))
    folder.close()
  }
  const undoCleanup = beforeFatalSignal(cleanUp)
  try {
    const signal = signalOf(watched)
    request(watched, name)
    const cpuSeconds = send(watched, signal)
    isSent = true
    return await answerOf(watched, name, timeoutMs, cpuSeconds)
  } finally {
    undoCleanup()
    cleanUp()
  }
}

/** The signal may still reach a process that was too busy. It then finds that the signal was not meant for its program. */
function withdraw({ seen, folder }: WatchedProcess, name: string): void {
  if (hasEnded(otherProcess(seen.pid), seen)) return
  try {
    renameSync(folder.at(name), folder.at(withdrawnFile(name)))
  } catch {
    // the request was answered
  }
}

function hasEnded(now: OtherProcess | null, then: OtherProcess): boolean {
  return now === null || now.state === 'ended' || now.start !== then.start
}

function request({ seen, folder }: WatchedProcess, name: string): void {
  try {
    closeSync(openSync(folder.at(name), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600))
  } catch (error) {
    if (hasEnded(otherProcess(seen.pid), seen)) throw ended(seen.pid)
    const { code } = error as NodeJS.ErrnoException
    throw new NoReport(
      errors.LEAKWATCH_REQUEST_UNWRITTEN(folder.path, String(code), seen.pid),
      'its folder takes no request',
    )
  }
}

function ended(pid: number): NoReport {
  return processGone(`one that ended before it answered (pid ${pid})`)
}

function signalOf({ seen: { pid }, entry: { signal } }: WatchedProcess): NodeJS.Signals {
  if (signal !== null) return signal
  throw new NoReport(errors.LEAKWATCH_SIGNAL_NONE(pid), 'LEAKWATCH_SIGNAL=none')
}

/** Looks at the process right before the signal, which would end one that does not listen. Gives the CPU that it has used. */
function send({ seen }: WatchedProcess, signal: NodeJS.Signals): number {
  const { pid } = seen
  const now = otherProcess(pid)
  if (now === null || hasEnded(now, seen)) throw ended(pid)
  if (now.state === 'stopped') {
    throw new NoReport(errors.LEAKWATCH_PROCESS_STOPPED(pid), 'stopped')
  }
  if (now.catches(signal) === false || now.uids.join() !== seen.uids.join()) {
    throw new NoReport(errors.LEAKWATCH_SIGNAL_UNHEARD(signal, pid), `does not listen for ${signal}`)
  }
  try {
    process.kill(pid, signal)
  } catch {
    throw ended(pid)
  }
  return now.cpuSeconds
}

async function answerOf(
  { seen, folder }: WatchedProcess,
  request: string,
  timeoutMs: number,
  cpuSeconds: number,
): Promise<Report> {
  const { pid } = seen
  const deadline = performance.now() + timeoutMs
  for (;;) {
    // Asked before the answer is read: the process may write it as its last act, and it replaces the request.
    const now = otherProcess(pid)
    const isGone = now === null || hasEnded(now, seen)
    const isAsked = existsSync(folder.at(request))
    const report = reportIn(folder.read(answerFile(request), Number.POSITIVE_INFINITY), pid)
    if (report !== null) return report
    if (isGone) throw ended(pid)
    if (!isAsked) {
      throw new NoReport(errors.LEAKWATCH_ANSWER_UNWRITTEN(folder.path, pid), 'no space for its answer')
    }
    if (performance.now() > deadline) throw noAnswer(pid, timeoutMs, now.cpuSeconds - cpuSeconds)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

function noAnswer(pid: number, timeoutMs: number, cpuSeconds: number): NoReport {
  const seconds = timeoutMs / 1000
  return new NoReport(
    errors.LEAKWATCH_ANSWER_MISSING(seconds, pid, cpuSeconds.toFixed(1)),
    `no answer within ${seconds} s`,
  )
}

/** The JSON may be broken: the program may have changed how JSON is written. */
function parsedAnswer(text: string): Report | AnswerFailure | null {
  try {
    return JSON.parse(text) as Report | AnswerFailure | null
  } catch (error) {
    throw new NoReport(errors.LEAKWATCH_REPORT_INVALID.answer((error as Error).message), 'no whole report')
  }
}

function reportIn(text: string | null, pid: number): Report | null {
  const report = parsedAnswer(text ?? 'null')
  if (report !== null && 'failure' in report) {
    throw new NoReport(errors.LEAKWATCH_REPORT_UNMADE(report.failure, pid), 'it cannot make a report')
  }
  if (report === null || report.schema === 'leakwatch/1') return report
  throw new NoReport(errors.LEAKWATCH_REPORT_INVALID.version(report.schema), 'another version of leakwatch')
}
