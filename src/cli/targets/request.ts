/** What is asked of a watched process: a file in its folder, then a signal that makes it look there. */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, renameSync } from 'node:fs'
import { errors } from '../../errors/errors.ts'
import { withdrawnFile } from '../../processes/presence/entry.ts'
import { NoReport, processGone } from './no-report.ts'
import { type OtherProcess, otherProcess } from './other-process.ts'
import type { WatchedProcess } from './watched-process.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants

/** Of a request that this command makes. */
export function newKey(): string {
  return `${process.pid}-${randomBytes(8).toString('hex')}`
}

/** Gives the CPU seconds that the process had used. @throws NoReport if it cannot be asked. */
export function sendRequest(watched: WatchedProcess, name: string): number {
  const signal = signalOf(watched)
  makeFile(watched, name)
  return send(watched, signal)
}

/** The signal may still reach a process that was too busy. It then finds that the signal was not meant for its program. */
export function withdraw({ seen, folder }: WatchedProcess, name: string): void {
  if (hasEnded(otherProcess(seen.pid), seen)) return
  try {
    renameSync(folder.at(name), folder.at(withdrawnFile(name)))
  } catch {
    // the request was answered
  }
}

export function hasEnded(now: Pick<OtherProcess, 'state' | 'start'> | null, then: OtherProcess): boolean {
  return now === null || now.state === 'ended' || now.start !== then.start
}

export function ended(pid: number): NoReport {
  return processGone(`one that ended before it answered (pid ${pid})`)
}

function signalOf({ seen: { pid }, entry: { signal } }: WatchedProcess): NodeJS.Signals {
  if (signal !== null) return signal
  throw new NoReport(errors.LEAKWATCH_SIGNAL_NONE(pid), 'LEAKWATCH_SIGNAL=none')
}

function makeFile({ seen, folder }: WatchedProcess, name: string): void {
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

/** Looks at the process right before the signal, which would end one that does not listen. */
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
