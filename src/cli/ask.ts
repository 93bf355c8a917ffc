/** Asks a watched process for a report: a request in its folder, a signal, and the answer there. */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { answerFile, requestFile } from '../presence/entry.ts'
import { remove } from '../presence/folder.ts'
import type { Report } from '../report/report.ts'
import { otherProcess } from './other-process.ts'
import { Unanswered } from './unanswered.ts'
import { gone, type WatchedProcess } from './watched-process.ts'

const lookEveryMs = 20
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants

/** Leaves nothing behind. @throws Unanswered where no report comes within `patienceMs`. */
export async function ask(watched: WatchedProcess, patienceMs: number): Promise<Report> {
  const { folder, base } = watched
  const name = requestFile(base, randomBytes(8).toString('hex'))
  const request = folder.at(name)
  const answer = folder.at(answerFile(name))
  const clearUp = () => {
    remove(request)
    remove(answer)
    folder.close()
  }
  const undo = beforeDeath(clearUp)
  try {
    const signal = askedBy(watched)
    closeSync(openSync(request, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600))
    const cpuSeconds = send(watched, signal)
    return await answered(watched, name, patienceMs, cpuSeconds)
  } finally {
    undo()
    clearUp()
  }
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
  if (now === null || now.state === 'ended' || now.start !== seen.start) {
    throw gone(pid, `one that has just ended (pid ${pid})`)
  }
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
  process.kill(pid, signal)
  return now.cpuSeconds
}

async function answered(
  { seen: { pid, start }, folder }: WatchedProcess,
  request: string,
  patienceMs: number,
  cpuSeconds: number,
): Promise<Report> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    // First: the answer may be the last thing that the process did.
    const now = otherProcess(pid)
    const isOver = now === null || now.state === 'ended' || now.start !== start
    const report = parsed(folder.read(answerFile(request), Number.POSITIVE_INFINITY))
    if (report !== null) return report
    if (isOver) throw gone(pid, `one that ended before it answered (pid ${pid})`)
    if (!existsSync(folder.at(request))) {
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

function parsed(text: string | null): Report | null {
  if (text === null) return null
  const report = JSON.parse(text) as Partial<Report> | null
  if (report?.schema === 'leakwatch/1') return report as Report
  throw new Error(`expected a report with schema leakwatch/1; got ${report?.schema}`)
}

/** What is to be removed where a signal ends this command. */
const left = new Set<() => void>()
const deadly = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function die(signal: NodeJS.Signals): void {
  for (const clearUp of left) clearUp()
  for (const each of deadly) process.removeListener(each, die)
  process.kill(process.pid, signal)
}

/** Calls `body` where a signal is about to end this command. Returns its undo. */
function beforeDeath(body: () => void): () => void {
  if (left.size === 0) for (const each of deadly) process.on(each, die)
  left.add(body)
  return () => {
    left.delete(body)
    if (left.size === 0) for (const each of deadly) process.removeListener(each, die)
  }
}
