/** The living processes of a tree: asked for what holds them, waited for, ended. */
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Gathering } from './gathering.ts'
import { watchedIn } from './members.ts'
import { catches, isAlive, marked } from './proc.ts'

export interface Living {
  /** All of the tree; where there is no `/proc`, those that were watched. */
  pids(): number[]
  /** Those that have not said that they end. */
  watched(): { pid: number; signal: string | null }[]
}

const shortestMs = 5
const longestMs = 50
/** What SIGTERM leaves a process for its own shutdown and report. */
const shutdownMs = 2000
/** A killed process is gone as soon as the system gets to it. */
const killMs = 2000

/** `pid` is the command's, as long as that runs. */
export function livingTree(gathering: Gathering, command: () => number | null): Living {
  return {
    pids() {
      const own = command()
      const watched = this.watched().map(({ pid }) => pid)
      const all = new Set([...marked(gathering.place.mark), ...watched])
      if (own !== null && isAlive(own)) all.add(own)
      return [...all]
    },
    watched() {
      gathering.read()
      const latest = new Map(
        watchedIn(gathering.records)
          .filter(({ start }) => start.process.isMainThread)
          .map((each) => [each.start.process.pid, each]),
      )
      return [...latest.values()]
        .filter(({ end, start }) => end === null && isAlive(start.process.pid))
        .map(({ start }) => ({ pid: start.process.pid, signal: start.signal }))
    },
  }
}

/** Waits until it is so, `ms` at most; whether it is. Looks ever more rarely. */
export async function waitUntil(isSo: () => boolean, ms: number): Promise<boolean> {
  const until = performance.now() + ms
  for (let pauseMs = shortestMs; !isSo(); pauseMs = Math.min(pauseMs * 1.5, longestMs)) {
    if (performance.now() >= until) return false
    await pause(pauseMs)
  }
  return true
}

/** Asks each watched process what holds it. Those whose event loop does not turn give no answer. */
export async function askTree(gathering: Gathering, living: Living, ms: number): Promise<void> {
  const asked = living.watched().filter((each) => signalReport(each.pid, each.signal, gathering))
  const isAnswered = ({ pid }: { pid: number }) => {
    const latest = watchedIn(gathering.records).findLast(
      ({ start }) => start.process.pid === pid && start.process.isMainThread,
    )
    return latest?.asked !== null || latest.end !== null || !isAlive(pid)
  }
  await waitUntil(() => {
    gathering.read()
    return asked.every(isAnswered)
  }, ms)
  gathering.ask(false)
}

function signalReport(pid: number, signal: string | null, gathering: Gathering): boolean {
  if (signal === null) return false
  gathering.ask(true)
  return signalWatched(pid, signal)
}

/** Signals a watched process, unless that would be its death. Whether it did. */
export function signalWatched(pid: number, signal: string): boolean {
  const number = (constants.signals as Record<string, number>)[signal]
  if (number === undefined || catches(pid, number) === false) return false
  return send(pid, signal as NodeJS.Signals)
}

/** Ends all that lives: what does not go in time, or when `isHurried`, is killed. */
export async function endTree(living: Living, isHurried: () => boolean): Promise<void> {
  for (const pid of living.pids()) {
    send(pid, 'SIGTERM')
    // One that was stopped would never see it.
    send(pid, 'SIGCONT')
  }
  await waitUntil(() => isHurried() || living.pids().length === 0, shutdownMs)
  await waitUntil(() => {
    const left = living.pids()
    for (const pid of left) send(pid, 'SIGKILL')
    return left.length === 0
  }, killMs)
}

/** Whether there was a process of the user's to send it to. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
