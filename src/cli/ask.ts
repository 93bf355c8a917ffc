/** Asks a watched process for a report: a request in its folder, a signal, and the answer there. */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, existsSync, openSync, renameSync } from 'node:fs'
import type { Failure } from '../presence/answer.ts'
import { answerFile, requestFile, withdrawnFile } from '../presence/entry.ts'
import { remove } from '../presence/folder.ts'
import type { Report } from '../report/report.ts'
import { beforeDeath } from './before-death.ts'
import { type OtherProcess, otherProcess } from './other-process.ts'
import { gone, Unanswered } from './unanswered.ts'
import type { WatchedProcess } from './watched-process.ts'

const lookEveryMs = 20
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants

/** Leaves nothing behind. @throws Unanswered where no report comes within `patienceMs`. */
export async function ask(watched: WatchedProcess, patienceMs: number): Promise<Report> {
  const { folder, base } = watched
  const name = requestFile(base, `${process.pid}-${randomBytes(8).toString('hex')}`)
  let isSent = false
  const clearUp = () => {
    if (isSent) withdraw(watched, name)
    remove(folder.at(name))
    remove(folder.at(answerFile(name)))
    folder.close()
  }
  const undo = beforeDeath(clearUp)
  try {
    const signal = askedBy(watched)
    request(watched, name)
    const cpuSeconds = send(watched, signal)
    isSent = true
    return await answered(watched, name, patienceMs, cpuSeconds)
  } finally {
    undo()
    clearUp()
  }
}

/** The signal still reaches a process that was too busy; it then knows that the signal was not meant for its program. */
function withdraw({ seen, folder }: WatchedProcess, name: string): void {
  if (isOver(otherProcess(seen.pid), seen)) return
  try {
    renameSync(folder.at(name), folder.at(withdrawnFile(name)))
  } catch {
    // it was answered
  }
}

function isOver(now: OtherProcess | null, then: OtherProcess): boolean {
  return now === null || now.state === 'ended' || now.start !== then.start
}

function request({ seen, folder }: WatchedProcess, name: string): void {
  try {
    closeSync(openSync(folder.at(name), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600))
  } catch (error) {
    if (isOver(otherProcess(seen.pid), seen)) throw ended(seen.pid)
    const { code } = error as NodeJS.ErrnoException
    throw new Unanswered(
      'LEAKWATCH_REQUEST_UNWRITTEN',
      `expected \`${folder.path}\` to take a request; got ${code} (pid ${seen.pid})`,
      'its folder takes no request',
    )
  }
}

function ended(pid: number): Unanswered {
  return gone(`one that ended before it answered (pid ${pid})`)
}

function askedBy({ seen: { pid }, entry: { signal } }: WatchedProcess): NodeJS.Signals {
  if (signal !== null) return signal
  throw new Unanswered(
    'LEAKWATCH_SIGNAL_NONE',
    `expected a process that can be asked; got \`LEAKWATCH_SIGNAL=none\` (pid ${pid})`,
    'LEAKWATCH_SIGNAL=none',
  )
}

/** The last look is right before the signal: it would end a process that does not listen. Gives the CPU used so far. */
function send({ seen }: WatchedProcess, signal: NodeJS.Signals): number {
  const { pid } = seen
  const now = otherProcess(pid)
  if (now === null || isOver(now, seen)) throw ended(pid)
  if (now.state === 'stopped') {
    throw new Unanswered(
      'LEAKWATCH_PROCESS_STOPPED',
      `expected a process that runs; got one that is stopped (pid ${pid}). \`kill -CONT ${pid}\` lets it go on`,
      'stopped',
    )
  }
  if (now.catches(signal) === false || now.uids.join() !== seen.uids.join()) {
    throw new Unanswered(
      'LEAKWATCH_SIGNAL_UNHEARD',
      `expected a process that listens for ${signal}; got one that has removed its listeners (pid ${pid}): the signal would end it`,
      `does not listen for ${signal}`,
    )
  }
  try {
    process.kill(pid, signal)
  } catch {
    throw ended(pid)
  }
  return now.cpuSeconds
}

async function answered(
  { seen, folder }: WatchedProcess,
  request: string,
  patienceMs: number,
  cpuSeconds: number,
): Promise<Report> {
  const { pid } = seen
  const deadline = performance.now() + patienceMs
  for (;;) {
    // Both before the answer is looked for: it may be the last thing that the process did, and takes the request's place.
    const now = otherProcess(pid)
    const hasEnded = now === null || isOver(now, seen)
    const isAsked = existsSync(folder.at(request))
    const report = parsed(folder.read(answerFile(request), Number.POSITIVE_INFINITY), pid)
    if (report !== null) return report
    if (hasEnded) throw ended(pid)
    if (!isAsked) {
      throw new Unanswered(
        'LEAKWATCH_ANSWER_UNWRITTEN',
        `expected a report in \`${folder.path}\`; got none: there is no space for it (pid ${pid})`,
        'no space for its answer',
      )
    }
    if (performance.now() > deadline) throw silent(pid, patienceMs, now.cpuSeconds - cpuSeconds)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

function silent(pid: number, patienceMs: number, cpuSeconds: number): Unanswered {
  const seconds = patienceMs / 1000
  return new Unanswered(
    'LEAKWATCH_ANSWER_MISSING',
    `expected a report within ${seconds} s; got none (pid ${pid}): its event loop has been blocked; ` +
      `it used ${cpuSeconds.toFixed(1)} s of CPU meanwhile`,
    `no answer within ${seconds} s`,
  )
}

/** The program may have changed how its own JSON is written. */
function read(text: string): Report | Failure | null {
  try {
    return JSON.parse(text) as Report | Failure | null
  } catch (error) {
    throw new Unanswered(
      'LEAKWATCH_REPORT_INVALID',
      `expected a report; got ${(error as Error).message}`,
      'no whole report',
    )
  }
}

function parsed(text: string | null, pid: number): Report | null {
  const report = read(text ?? 'null')
  if (report !== null && 'failure' in report) {
    throw new Unanswered(
      'LEAKWATCH_REPORT_UNMADE',
      `expected a report; got none: making it ended with \`${report.failure}\` (pid ${pid})`,
      'it cannot make a report',
    )
  }
  if (report === null || report.schema === 'leakwatch/1') return report
  throw new Unanswered(
    'LEAKWATCH_REPORT_INVALID',
    `expected a report with schema \`leakwatch/1\`; got \`${report.schema}\`: another version of leakwatch`,
    'another version of leakwatch',
  )
}
