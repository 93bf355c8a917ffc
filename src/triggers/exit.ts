/** When to report: at exit, at a deadly signal, on demand, and when a shutdown stalls. */

import { later } from '../core/clock.ts'
import { engineCounts, runningEngines } from '../core/engines.ts'
import { attempt, recordFault } from '../core/faults.ts'
import { hasLiveHandle } from '../core/handle-table.ts'
import { isMainThread } from '../core/main-thread.ts'
import { exitBegins, shutdownBegins } from '../core/shutdown.ts'
import { atOnce, inSlices, type Steps } from '../core/steps.ts'
import type { Report } from '../report/report.ts'
import type { Reporter } from '../reporter.ts'
import type { Settings } from '../settings.ts'
import type { Member } from '../tree/member.ts'
import { watchProcess } from './process-events.ts'
import { deadlySignals, dieBy, listenWhileAlone } from './signals.ts'

/** What a process that would exit with 0 exits with where it leaked and `LEAKWATCH_FAIL` is on. */
const leakExitCode = 23

/** `member`: the process is one of a tree whose reports `leakwatch run` gathers. Returns its undo. */
export function reportAtExit(
  reporter: () => Reporter,
  settings: Settings,
  member: Member | null,
): () => void {
  let deadly: string | null = null
  const undos: (() => void)[] = []
  undos.push(
    watchProcess({
      // What the program's own listeners stop is stopped in the shutdown.
      before: (event) => {
        if (event === 'exit' || isDeadly(event)) shutdownBegins()
        if (event === 'exit') exitBegins()
      },
      exit: (code) => {
        finishDemands()
        shutdownBegins()
        return exit(reporter, settings, member, code)
      },
      signal: (name) => {
        if (name === settings.signal) void demand(reporter, member, name)
        else if (isDeadly(name) && deadly === null) {
          deadly = name
          if (settings.stallMs > 0) undos.push(later(settings.stallMs, () => stall(reporter, member, name)))
        }
      },
    }),
  )
  if (isMainThread) undos.push(...listenForSignals(reporter, settings, member))
  return () => {
    for (const undo of undos.splice(0)) undo()
  }
}

function isDeadly(name: string): boolean {
  return (deadlySignals as readonly string[]).includes(name)
}

function listenForSignals(
  reporter: () => Reporter,
  settings: Settings,
  member: Member | null,
): (() => void)[] {
  // As PID 1 no signal is deadly by default: a listener would change nothing, and hide that.
  const deadly = process.pid === 1 ? [] : deadlySignals.filter((name) => name !== settings.signal)
  const undoDeadly = listenWhileAlone(deadly, (name) => {
    try {
      finishDemands()
      shutdownBegins()
      const report = reporter().makeIfAny({ trigger: 'exit', signal: name })
      finish(reporter, member, report, null, name)
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

function exit(reporter: () => Reporter, { fail }: Settings, member: Member | null, exitCode: number): number {
  if (isNothingThere()) {
    member?.end({ exitCode, signal: null, report: null })
    return exitCode
  }
  // Loading what judges may collect garbage: an engine that is there now is there when it is judged.
  const held = runningEngines().map(({ target }) => target?.deref())
  const report = reporter().makeIfAny({ trigger: 'exit', exitCode })
  held.length = 0
  const hasLeaks = report !== null && report.summary.leaks > 0
  // `run` has an exit code of its own for leaks; those of its processes are the program's.
  const code = fail && hasLeaks && exitCode === 0 && member === null ? leakExitCode : exitCode
  finish(reporter, member, report, code, null)
  return code
}

/** The last report of the process: `run` has it, else it is printed and saved here. */
function finish(
  reporter: () => Reporter,
  member: Member | null,
  made: Report | null,
  exitCode: number | null,
  signal: string | null,
): void {
  const report = made === null ? null : { ...made, process: { ...made.process, exitCode } }
  const teller = member ?? (report === null || isMainThread ? null : lateMember())
  const isTold = teller?.end({ exitCode, signal, report }) ?? false
  if (report === null) return
  if (isTold) reporter().tell(report)
  else reporter().deliver(report, report.summary.leaks > 0)
}

/** A worker may have an environment of its own, which does not say whose tree it belongs to. */
function lateMember(): Member | null {
  return (require('../tree/member.js') as typeof import('../tree/member.ts')).lateMember()
}

/** Many processes end without ever having had a handle or an engine: nothing has to be loaded to judge them. */
function isNothingThere(): boolean {
  return engineCounts.started === 0 && engineCounts.failed === 0 && !hasLiveHandle()
}

/** Has a report on demand that is being made done at once, one each. */
const underway = new Set<() => void>()

async function demand(reporter: () => Reporter, member: Member | null, signal: string): Promise<void> {
  const isAsked = member?.isAsked() ?? false
  const occasion = isAsked ? ({ trigger: 'stall' } as const) : ({ trigger: 'signal', signal } as const)
  const send = (report: Report): boolean => isAsked && (member?.tell(report, true) ?? false)
  let steps: Steps<void> | null = null
  const finish = () => (steps === null ? reporter().answer(occasion, send) : atOnce(steps))
  underway.add(finish)
  try {
    steps = reporter().answering(await reporter().settle(occasion, false), occasion, send)
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

function stall(reporter: () => Reporter, member: Member | null, signal: string): void {
  attempt('the report of a stall', () => {
    const report = reporter().make({ trigger: 'stall', signal })
    // Should the process be killed, nothing else will tell what held it.
    member?.tell(report, false)
    reporter().deliver(report)
  })
}
