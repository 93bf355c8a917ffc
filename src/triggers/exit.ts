/** When to report: at exit, at a deadly signal, on demand, and when a shutdown stalls. */

import { keepWhatIsNew } from '../cache/keep-what-is-new.ts'
import { engineCounts, lookBeforeStock, runningEngines } from '../core/engines/running-engines.ts'
import { endIsAsked, exitBegins, shutdownBegins } from '../core/engines/shutdown.ts'
import { hasLiveHandle } from '../core/handles/handle-table.ts'
import { attempt, recordFault } from '../core/self/faults.ts'
import { isMainThread } from '../core/self/main-thread.ts'
import { later } from '../core/time/clock.ts'
import type { Reporter } from '../live/reporter.ts'
import type { Member } from '../processes/tree/member.ts'
import type { Settings } from '../settings/settings.ts'
import { announceLater } from './announcement.ts'
import type { ReportContext } from './last-report.ts'
import { makeRoom, sayUnmade } from './last-words.ts'
import { watchProcess } from './process-events.ts'
import { isHeardByNobodyElse, listenForSignals, type SignalListening } from './signal-listening.ts'
import { deadlySignals } from './signals.ts'

/** A program that listens for one of these shuts down on it. */
const endingSignals: ReadonlySet<string> = new Set([...deadlySignals, 'SIGQUIT', 'SIGBREAK', 'SIGUSR2'])

let hasDemands = false

function onDemand(): typeof import('./on-demand.ts') {
  hasDemands = true
  return require('./on-demand.js') as typeof import('./on-demand.ts')
}

function finishDemands(): void {
  if (hasDemands) onDemand().finishDemands()
}

const lastReport = () => require('./last-report.js') as typeof import('./last-report.ts')

/** Returns its undo. */
export function reportAtExit(
  reporter: () => Reporter,
  settings: Settings,
  member: Member | null,
): () => void {
  const context: ReportContext = { reporter, settings, member, presence: null }
  let deadly: string | null = null
  let isForProgram = false
  let signals: SignalListening | null = null
  const undos: (() => void)[] = [() => context.presence?.end()]
  undos.push(
    watchProcess({
      isOurs: (event) =>
        event === settings.signal &&
        (context.presence !== null || member !== null) &&
        onDemand().isAnswered(reporter, context.presence, member),
      // What the program's own listeners stop from now on belongs to the shutdown.
      before: (event) => {
        if (isDeadly(event)) shutdownBegins()
        else if (event === 'exit') exitBegins()
        if (endingSignals.has(event) && !isHeardByNobodyElse(event)) endIsAsked()
        if (event === settings.signal) isForProgram = signals?.isForProgram() === true
      },
      listenerComes: (event) => signals?.listenerComes(event),
      listenerWent: (event) => signals?.listenerWent(event),
      unmade: (error) => sayUnmade(error, settings),
      exit: (code) => {
        try {
          makeRoom()
          finishDemands()
          exitBegins()
          return exit(context, code)
        } finally {
          context.presence?.end()
          keepForNextStart()
        }
      },
      signal: (name) => {
        if (name === settings.signal) {
          signals?.dumpIsOver()
          if (!isForProgram) demand(context, name)
        } else if (isDeadly(name) && deadly === null) {
          deadly = name
          if (settings.stallMs > 0) undos.push(later(settings.stallMs, () => stall(context, name)))
        }
      },
    }),
  )
  if (isMainThread) {
    signals = listenForSignals(settings.signal, (signal, isSudden) => die(context, signal, isSudden))
    undos.push(signals.end)
    undos.push(
      announceLater(settings, (presence) => {
        context.presence = presence
      }),
    )
  }
  return () => {
    for (const undo of undos.splice(0)) undo()
  }
}

function keepForNextStart(): void {
  keepWhatIsNew(engineCounts().started > 0 ? ['engines'] : [])
}

function isDeadly(name: string): boolean {
  return (deadlySignals as readonly string[]).includes(name)
}

function die(context: ReportContext, signal: NodeJS.Signals, isSudden: boolean): void {
  try {
    makeRoom()
    finishDemands()
    shutdownBegins()
    holdingEngines(() => lastReport().reportDeath(context, signal, isSudden))
  } catch (error) {
    recordFault('the report of a signal', error)
    sayUnmade(error, context.settings)
  } finally {
    context.presence?.end()
    keepForNextStart()
  }
}

function exit(context: ReportContext, exitCode: number): number {
  if (!isNothingThere()) return holdingEngines(() => lastReport().reportExit(context, exitCode))
  context.member?.sendEnd({ exitCode, signal: null, report: null })
  return exitCode
}

/** To load what judges may collect garbage: the engines that are there now are held until they are judged. */
function holdingEngines<T>(body: () => T): T {
  const held = runningEngines().map(({ target }) => target?.deref())
  try {
    return body()
  } finally {
    held.length = 0
  }
}

/** Many processes end without ever having had a handle or an engine: what judges need not be loaded for them. */
function isNothingThere(): boolean {
  lookBeforeStock()
  const { started, failed } = engineCounts()
  return started === 0 && failed === 0 && !hasLiveHandle()
}

function demand({ reporter }: ReportContext, signal: string): void {
  attempt('the report on demand', () => onDemand().demand(reporter(), signal))
}

function stall(context: ReportContext, signal: string): void {
  attempt('the report of a stall', () => lastReport().reportStall(context, signal))
}
