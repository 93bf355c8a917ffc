/** The last report of a process, and the one of a shutdown that stalls. Loaded with the first of them: many processes have none. */

import { isMainThread } from '../core/self/main-thread.ts'
import { type CapturedStack, captureStack } from '../core/stacks/captured-stack.ts'
import { isDependency, isProgram } from '../core/stacks/frames.ts'
import { originOf } from '../core/stacks/origins.ts'
import type { Reporter } from '../live/reporter.ts'
import type { Presence } from '../processes/presence/presence.ts'
import type { Member } from '../processes/tree/member.ts'
import type { Report } from '../report/schema/report.ts'
import type { Settings } from '../settings/settings.ts'

/** Who makes the reports, and who else wants them. */
export interface ReportContext {
  reporter: () => Reporter
  settings: Settings
  /** The process is one of a tree whose reports `leakwatch run` gathers. */
  member: Member | null
  /** Where others can ask this process. It is there once the process has lived for a while. */
  presence: Presence | null
}

const { executionAsyncId } = process.getBuiltinModule('node:async_hooks')

interface Ending {
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** The signal came from outside, and the program does not handle it. */
  isSudden?: boolean
}

/** Of the frames of an exit. */
const endDepth = 32

/** The exit code of a process that leaked and would exit with 0, where `LEAKWATCH_FAIL` is on. */
const leakExitCode = 23

/** Gives the code to exit with. */
export function reportExit(context: ReportContext, exitCode: number): number {
  const { reporter, settings, member } = context
  const stack = captureStack(reportExit, endDepth)
  const isSudden = isEndedByDependency(stack) || isEndedByPrimary(stack)
  const occasion = { trigger: 'exit', exitCode, isSudden, endsByItself: endsByItself(stack) } as const
  const report = reporter().makeIfAny(occasion, member === null && isMainThread)
  const hasLeaks = report !== null && report.summary.leaks > 0
  // `run` has an exit code of its own for leaks; those of its processes are the program's.
  const isMasked = settings.fail && hasLeaks && exitCode === 0 && member === null
  const code = isMasked ? leakExitCode : exitCode
  finish(context, report, { exitCode: code, signal: null, isSudden })
  return code
}

/** Whether no code has asked for the end, that of the program's `process.exit` or of Node's for an error. */
function endsByItself(stack: CapturedStack | null): boolean {
  return stack?.frames.every(({ file }) => file?.startsWith('node:') !== true) === true
}

/** Of Node's own, between a signal and the end of the process: nothing waited for anything. */
const atOnce = /^node:(?:events|internal\/process\/per_thread)$/

/** Whether a dependency ended the process as soon as it heard a signal, a compiler's preload: the program had no chance to stop anything. */
function isEndedByDependency(stack: CapturedStack | null): boolean {
  const frames = stack?.frames ?? []
  if (!frames.some(isDependency) || frames.some(isProgram)) return false
  const ofNode = frames.flatMap(({ file }) => (file?.startsWith('node:') === true ? [file] : []))
  return ofNode.includes('node:events') && ofNode.every((file) => atOnce.test(file))
}

/** Whether Node ends a cluster's worker, as its primary is gone. The worker itself may have cut the channel to it, some ticks ago. */
function isEndedByPrimary(stack: CapturedStack | null): boolean {
  const frames = stack?.frames ?? []
  if (!frames.some(({ file }) => file === 'node:internal/cluster/child') || frames.some(isProgram))
    return false
  return originOf(executionAsyncId())?.frames.some(isProgram) !== true
}

/** `isSudden`: the signal came from outside, and the program does not handle it. */
export function reportDeath(context: ReportContext, signal: NodeJS.Signals, isSudden: boolean): void {
  const { reporter, member } = context
  const report = reporter().makeIfAny({ trigger: 'exit', signal, isSudden }, member === null)
  finish(context, report, { exitCode: null, signal, isSudden })
}

/** `run` has the report, else it is printed and saved here. */
function finish({ reporter, member }: ReportContext, made: Report | null, ending: Ending): void {
  const { exitCode, signal, isSudden = false } = ending
  const report = made === null ? null : { ...made, process: { ...made.process, exitCode } }
  const ownMember = member ?? (report === null || isMainThread ? null : memberOfStartedProcess())
  const isSent = ownMember?.sendEnd({ exitCode, signal, report }) ?? false
  if (report === null) return
  if (isSent) reporter().tellListeners(report)
  else reporter().deliver(report, report.summary.leaks > 0 || (isSudden && 'in logs'))
}

/** A worker may have an environment of its own, which does not say whose tree it belongs to. */
function memberOfStartedProcess(): Member | null {
  return (
    require('../processes/tree/member.js') as typeof import('../processes/tree/member.ts')
  ).memberOfStartedProcess()
}

export function reportStall({ reporter, member }: ReportContext, signal: string): void {
  const report = reporter().make({ trigger: 'stall', signal })
  // Should the process be killed, nothing else will tell what held it.
  member?.sendReport(report, false)
  reporter().deliver(report)
}
