/** When to report: at exit, at a deadly signal, on demand, and when a shutdown stalls. */

import { later } from '../core/clock.ts'
import { engineCounts, runningEngines } from '../core/engines.ts'
import { attempt, recordFault } from '../core/faults.ts'
import { hasLiveHandle } from '../core/handle-table.ts'
import { isMainThread } from '../core/main-thread.ts'
import { exitBegins, shutdownBegins } from '../core/shutdown.ts'
import type { Presence } from '../presence/presence.ts'
import type { Report } from '../report/report.ts'
import type { Reporter } from '../reporter.ts'
import type { Settings } from '../settings.ts'
import type { Member } from '../tree/member.ts'
import { announceLater } from './announcement.ts'
import { makeRoom, sayUnmade } from './last-words.ts'
import { watchProcess } from './process-events.ts'
import { deadlySignals, dieBy, listenWhileAlone } from './signals.ts'

/** What a process that would exit with 0 exits with where it leaked and `LEAKWATCH_FAIL` is on. */
const leakExitCode = 23

/** Whose reports they are, and who else wants them. */
interface Desk {
  reporter: () => Reporter
  settings: Settings
  /** The process is one of a tree whose reports `leakwatch run` gathers. */
  member: Member | null
  /** Where others can ask this process; there once it has lived for a while. */
  presence: Presence | null
}

let hasDemands = false

function onDemand(): typeof import('./on-demand.ts') {
  hasDemands = true
  return require('./on-demand.js') as typeof import('./on-demand.ts')
}

function finishDemands(): void {
  if (hasDemands) onDemand().finishDemands()
}

/** Returns its undo. */
export function reportAtExit(
  reporter: () => Reporter,
  settings: Settings,
  member: Member | null,
): () => void {
  const desk: Desk = { reporter, settings, member, presence: null }
  let deadly: string | null = null
  const undos: (() => void)[] = [() => desk.presence?.end()]
  undos.push(
    watchProcess({
      isOurs: (event) =>
        event === settings.signal &&
        (desk.presence !== null || member !== null) &&
        onDemand().isAnswered(reporter, desk.presence, member),
      // What the program's own listeners stop is stopped in the shutdown.
      before: (event) => {
        if (isDeadly(event)) shutdownBegins()
        else if (event === 'exit') exitBegins()
      },
      unmade: (error) => sayUnmade(error, settings),
      exit: (code) => {
        try {
          makeRoom()
          finishDemands()
          exitBegins()
          return exit(desk, code)
        } finally {
          desk.presence?.end()
        }
      },
      signal: (name) => {
        if (name === settings.signal) demand(desk, name)
        else if (isDeadly(name) && deadly === null) {
          deadly = name
          if (settings.stallMs > 0) undos.push(later(settings.stallMs, () => stall(desk, name)))
        }
      },
    }),
  )
  if (isMainThread) {
    undos.push(...listenForSignals(desk))
    undos.push(
      announceLater(settings, (presence) => {
        desk.presence = presence
      }),
    )
  }
  return () => {
    for (const undo of undos.splice(0)) undo()
  }
}

function isDeadly(name: string): boolean {
  return (deadlySignals as readonly string[]).includes(name)
}

function listenForSignals(desk: Desk): (() => void)[] {
  const { reporter, settings } = desk
  // As PID 1 no signal is deadly by default: a listener would change nothing, and hide that.
  const deadly = process.pid === 1 ? [] : deadlySignals.filter((name) => name !== settings.signal)
  const undoDeadly = listenWhileAlone(deadly, (name) => {
    try {
      makeRoom()
      finishDemands()
      shutdownBegins()
      finish(desk, reporter().makeIfAny({ trigger: 'exit', signal: name }, desk.member === null), null, name)
    } catch (error) {
      recordFault('the report of a signal', error)
      sayUnmade(error, settings)
    } finally {
      desk.presence?.end()
      undoDeadly()
      dieBy(name)
    }
  })
  const demanded = settings.signal === null ? [] : [settings.signal]
  // The report itself is made once all listeners, the program's own included, were called.
  return [undoDeadly, listenWhileAlone(demanded, () => {})]
}

function exit(desk: Desk, exitCode: number): number {
  const { reporter, settings, member } = desk
  if (isNothingThere()) {
    member?.end({ exitCode, signal: null, report: null })
    return exitCode
  }
  // Loading what judges may collect garbage: an engine that is there now is there when it is judged.
  const held = runningEngines().map(({ target }) => target?.deref())
  const report = reporter().makeIfAny({ trigger: 'exit', exitCode }, member === null && isMainThread)
  held.length = 0
  const hasLeaks = report !== null && report.summary.leaks > 0
  // `run` has an exit code of its own for leaks; those of its processes are the program's.
  const isMasked = settings.fail && hasLeaks && exitCode === 0 && member === null
  const code = isMasked ? leakExitCode : exitCode
  finish(desk, report, code, null)
  return code
}

/** The last report of the process: `run` has it, else it is printed and saved here. */
function finish(
  { reporter, member }: Desk,
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

function demand({ reporter }: Desk, signal: string): void {
  attempt('the report on demand', () => onDemand().demand(reporter(), signal))
}

function stall({ reporter, member }: Desk, signal: string): void {
  attempt('the report of a stall', () => {
    const report = reporter().make({ trigger: 'stall', signal })
    // Should the process be killed, nothing else will tell what held it.
    member?.tell(report, false)
    reporter().deliver(report)
  })
}
