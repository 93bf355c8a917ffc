/** The living processes of a tree: asks them for reports, waits for them, ends them. */
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { handlesSignal, isAlive, pidsMarked } from './linux-processes.ts'
import { processLives } from './process-lives.ts'
import type { RecordInbox } from './record-inbox.ts'

export interface LivingTree {
  /** All processes of the tree; where there is no `/proc`, the watched ones. */
  pids(): number[]
  /** Watched processes that have not said that they end. */
  watched(): { pid: number; signal: string | null }[]
}

const shortestMs = 5
const longestMs = 50
/** How long a process may take for its shutdown and its report after SIGTERM. */
const shutdownMs = 2000
/** How long the system may take to remove a killed process. */
const killMs = 2000

/** `command` gives the pid of the command as long as it runs. */
export function livingTree(inbox: RecordInbox, command: () => number | null): LivingTree {
  return {
    pids() {
      const own = command()
      const watched = this.watched().map(({ pid }) => pid)
      const all = new Set([...pidsMarked(inbox.file.mark), ...watched])
      if (own !== null && isAlive(own)) all.add(own)
      return [...all]
    },
    watched() {
      inbox.read()
      const latest = new Map(
        processLives(inbox.records)
          .filter(({ start }) => start.process.isMainThread)
          .map((each) => [each.start.process.pid, each]),
      )
      return [...latest.values()]
        .filter(({ end, start }) => end === null && isAlive(start.process.pid))
        .map(({ start }) => ({ pid: start.process.pid, signal: start.signal }))
    },
  }
}

/** Waits until `isSo`, at most `ms`, and gives whether it is. It looks less and less often. */
export async function waitUntil(isSo: () => boolean, ms: number): Promise<boolean> {
  const until = performance.now() + ms
  for (let pauseMs = shortestMs; !isSo(); pauseMs = Math.min(pauseMs * 1.5, longestMs)) {
    if (performance.now() >= until) return false
    await pause(pauseMs)
  }
  return true
}

/** Asks each watched process what keeps it alive. A process whose event loop is blocked gives no answer. */
export async function requestTreeReports(inbox: RecordInbox, living: LivingTree, ms: number): Promise<void> {
  const asked = living.watched().filter((each) => requestReport(each.pid, each.signal, inbox))
  const isAnswered = ({ pid }: { pid: number }) => {
    const latest = processLives(inbox.records).findLast(
      ({ start }) => start.process.pid === pid && start.process.isMainThread,
    )
    return latest?.requestedReport !== null || latest.end !== null || !isAlive(pid)
  }
  await waitUntil(() => {
    inbox.read()
    return asked.every(isAnswered)
  }, ms)
  inbox.requestReports(false)
}

function requestReport(pid: number, signal: string | null, inbox: RecordInbox): boolean {
  if (signal === null) return false
  inbox.requestReports(true)
  return signalWatched(pid, signal)
}

/** Sends a signal to a watched process, unless that would end it. Gives whether it was sent. */
export function signalWatched(pid: number, signal: string): boolean {
  const number = (constants.signals as Record<string, number>)[signal]
  if (number === undefined || handlesSignal(pid, number) === false) return false
  return sendSignal(pid, signal as NodeJS.Signals)
}

/** Ends all living processes. It kills those that take too long, and all of them if `isHurried`. */
export async function endTree(living: LivingTree, isHurried: () => boolean): Promise<void> {
  for (const pid of living.pids()) {
    sendSignal(pid, 'SIGTERM')
    // A stopped process would not see SIGTERM.
    sendSignal(pid, 'SIGCONT')
  }
  await waitUntil(() => isHurried() || living.pids().length === 0, shutdownMs)
  await waitUntil(() => {
    const remaining = living.pids()
    for (const pid of remaining) sendSignal(pid, 'SIGKILL')
    return remaining.length === 0
  }, killMs)
}

/** Gives whether there was a process of this user. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
