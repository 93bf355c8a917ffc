/** When to report: at exit, at a deadly signal, on demand, and when a shutdown stalls. */

import { later, now } from '../core/clock.ts'
import { engineCounts, runningEngines } from '../core/engines.ts'
import { attempt, recordFault } from '../core/faults.ts'
import { hasLiveHandle } from '../core/handle-table.ts'
import { isMainThread } from '../core/main-thread.ts'
import { exitBegins, shutdownBegins } from '../core/shutdown.ts'
import type { Presence } from '../presence/presence.ts'
import type { Reporter } from '../reporter.ts'
import type { Settings } from '../settings.ts'
import { watchProcess } from './process-events.ts'
import { deadlySignals, dieBy, listenWhileAlone } from './signals.ts'

/** What a process that would exit with 0 exits with where it leaked and `LEAKWATCH_FAIL` is on. */
const leakExitCode = 23

/** Nobody looks for a process that ends sooner: it has no file to make, and none to remove. */
const announcedAtMs = 1000

let hasDemands = false

function onDemand(): typeof import('./on-demand.ts') {
  hasDemands = true
  return require('./on-demand.js') as typeof import('./on-demand.ts')
}

function finishDemands(): void {
  if (hasDemands) onDemand().finishDemands()
}

/** Returns its undo. */
export function reportAtExit(reporter: () => Reporter, settings: Settings): () => void {
  let deadly: string | null = null
  let presence: Presence | null = null
  const undos: (() => void)[] = [() => presence?.end()]
  undos.push(
    watchProcess({
      isOurs: (event) =>
        event === settings.signal && presence !== null && onDemand().isAnswered(reporter, presence, event),
      // What the program's own listeners stop is stopped in the shutdown.
      before: (event) => {
        if (event === 'exit' || isDeadly(event)) shutdownBegins()
        if (event === 'exit') exitBegins()
      },
      exit: (code) => {
        try {
          finishDemands()
          shutdownBegins()
          return exit(reporter, settings, code)
        } finally {
          presence?.end()
        }
      },
      signal: (name) => {
        if (name === settings.signal) demand(reporter, name)
        else if (isDeadly(name) && deadly === null) {
          deadly = name
          if (settings.stallMs > 0) undos.push(later(settings.stallMs, () => stall(reporter, name)))
        }
      },
    }),
  )
  if (isMainThread) {
    undos.push(...listenForSignals(reporter, settings, () => presence?.end()))
    undos.push(announceLater(settings, (made) => (presence = made)))
  }
  return () => {
    for (const undo of undos.splice(0)) undo()
  }
}

function isDeadly(name: string): boolean {
  return (deadlySignals as readonly string[]).includes(name)
}

/** Tells others where this process can be asked for a report, once it has lived for a while. */
function announceLater(settings: Settings, then: (presence: Presence) => void): () => void {
  return later(Math.max(1, Math.ceil(announcedAtMs - now())), () =>
    attempt('telling where this process is', () => {
      const { announce } = require('../presence/presence.js') as typeof import('../presence/presence.ts')
      then(announce(settings))
    }),
  )
}

function demand(reporter: () => Reporter, signal: string): void {
  attempt('the report on demand', () => onDemand().demand(reporter(), signal))
}

function listenForSignals(reporter: () => Reporter, settings: Settings, atEnd: () => void): (() => void)[] {
  // As PID 1 no signal is deadly by default: a listener would change nothing, and hide that.
  const deadly = process.pid === 1 ? [] : deadlySignals.filter((name) => name !== settings.signal)
  const undoDeadly = listenWhileAlone(deadly, (name) => {
    try {
      finishDemands()
      shutdownBegins()
      const report = reporter().makeIfAny({ trigger: 'exit', signal: name })
      if (report !== null) reporter().deliver(report, report.summary.leaks > 0)
    } catch (error) {
      recordFault('the report of a signal', error)
    } finally {
      atEnd()
      undoDeadly()
      dieBy(name)
    }
  })
  const demanded = settings.signal === null ? [] : [settings.signal]
  // The report itself is made once all listeners, the program's own included, were called.
  return [undoDeadly, listenWhileAlone(demanded, () => {})]
}

function exit(reporter: () => Reporter, { fail }: Settings, exitCode: number): number {
  if (isNothingThere()) return exitCode
  // Loading what judges may collect garbage: an engine that is there now is there when it is judged.
  const held = runningEngines().map(({ target }) => target?.deref())
  const report = reporter().makeIfAny({ trigger: 'exit', exitCode })
  held.length = 0
  if (report === null) return exitCode
  const hasLeaks = report.summary.leaks > 0
  const code = fail && hasLeaks && exitCode === 0 ? leakExitCode : exitCode
  reporter().deliver({ ...report, process: { ...report.process, exitCode: code } }, hasLeaks)
  return code
}

/** Many processes end without ever having had a handle or an engine: nothing has to be loaded to judge them. */
function isNothingThere(): boolean {
  return engineCounts.started === 0 && engineCounts.failed === 0 && !hasLiveHandle()
}

function stall(reporter: () => Reporter, signal: string): void {
  attempt('the report of a stall', () => reporter().deliver(reporter().make({ trigger: 'stall', signal })))
}
