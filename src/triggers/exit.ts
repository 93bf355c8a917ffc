/** When to report: at exit, at a deadly signal, on demand, and when a shutdown stalls. */

import { later } from '../core/clock.ts'
import { engineCounts, runningEngines } from '../core/engines.ts'
import { attempt, recordFault } from '../core/faults.ts'
import { hasLiveHandle } from '../core/handle-table.ts'
import { isMainThread } from '../core/main-thread.ts'
import { exitBegins, shutdownBegins } from '../core/shutdown.ts'
import { atOnce, inSlices, type Steps } from '../core/steps.ts'
import type { Reporter } from '../reporter.ts'
import type { Settings } from '../settings.ts'
import { watchProcess } from './process-events.ts'
import { deadlySignals, dieBy, listenWhileAlone } from './signals.ts'

/** What a process that would exit with 0 exits with where it leaked and `LEAKWATCH_FAIL` is on. */
const leakExitCode = 23

/** Returns its undo. */
export function reportAtExit(reporter: () => Reporter, settings: Settings): () => void {
  let deadly: string | null = null
  const undos: (() => void)[] = []
  undos.push(
    watchProcess({
      // What the program's own listeners stop is stopped in the shutdown.
      before: (event) => {
        if (isDeadly(event)) shutdownBegins()
        else if (event === 'exit') exitBegins()
      },
      exit: (code) => {
        finishDemands()
        exitBegins()
        return exit(reporter, settings, code)
      },
      signal: (name) => {
        if (name === settings.signal) void demand(reporter, name)
        else if (isDeadly(name) && deadly === null) {
          deadly = name
          if (settings.stallMs > 0) undos.push(later(settings.stallMs, () => stall(reporter, name)))
        }
      },
    }),
  )
  if (isMainThread) undos.push(...listenForSignals(reporter, settings))
  return () => {
    for (const undo of undos.splice(0)) undo()
  }
}

function isDeadly(name: string): boolean {
  return (deadlySignals as readonly string[]).includes(name)
}

function listenForSignals(reporter: () => Reporter, settings: Settings): (() => void)[] {
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

/** Has a report on demand that is being made done at once, one each. */
const underway = new Set<() => void>()

async function demand(reporter: () => Reporter, signal: string): Promise<void> {
  const occasion = { trigger: 'signal', signal } as const
  let steps: Steps<void> | null = null
  const finish = () => (steps === null ? reporter().deliver(reporter().make(occasion)) : atOnce(steps))
  underway.add(finish)
  try {
    steps = reporter().answering(await reporter().settle(occasion, false), occasion)
    await inSlices(steps, false)
  } catch (error) {
    recordFault('the report on demand', error)
  } finally {
    underway.delete(finish)
  }
}

/** What was asked for before the process came to its end. */
function finishDemands(): void {
  for (const finish of underway) attempt('the report on demand', finish)
  underway.clear()
}

function stall(reporter: () => Reporter, signal: string): void {
  attempt('the report of a stall', () => reporter().deliver(reporter().make({ trigger: 'stall', signal })))
}
