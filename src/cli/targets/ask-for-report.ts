/** Asks a watched process for a report: a request in its folder, a signal, and the answer there. */

import { existsSync } from 'node:fs'
import { errors } from '../../errors/errors.ts'
import type { AnswerFailure } from '../../processes/presence/answer.ts'
import { answerFile, requestFile } from '../../processes/presence/entry.ts'
import { remove } from '../../processes/presence/folder.ts'
import type { Report } from '../../report/schema/report.ts'
import { beforeFatalSignal } from './before-fatal-signal.ts'
import { NoReport } from './no-report.ts'
import { otherProcess } from './other-process.ts'
import { ended, hasEnded, newKey, sendRequest, withdraw } from './request.ts'
import type { WatchedProcess } from './watched-process.ts'

const lookEveryMs = 20

/** Leaves no file behind. @throws NoReport if none comes within `timeoutMs`. */
export async function askForReport(watched: WatchedProcess, timeoutMs: number): Promise<Report> {
  const { folder, base } = watched
  const name = requestFile(base, newKey())
  let isSent = false
  const cleanUp = () => {
    if (isSent) withdraw(watched, name)
    remove(folder.at(name))
    remove(folder.at(answerFile(name)))
    folder.close()
  }
  const undoCleanup = beforeFatalSignal(cleanUp)
  try {
    const cpuSeconds = sendRequest(watched, name)
    isSent = true
    return await answerOf(watched, name, timeoutMs, cpuSeconds)
  } finally {
    undoCleanup()
    cleanUp()
  }
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
