/** Runs the command until it ends, or until somebody ends it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { handlesSignal } from './linux-processes.ts'
import {
  endTree,
  type LivingTree,
  livingTree,
  requestTreeReports,
  sendSignal,
  signalWatched,
  waitUntil,
} from './living-tree.ts'
import type { RecordInbox } from './record-inbox.ts'
import { watchSignals } from './signals.ts'

export interface Ending {
  /** 0: the command did not start. */
  pid: number
  exitCode: number | null
  signal: string | null
  /** `--timeout` has ended it. */
  isTimedOut: boolean
  /** A second Ctrl-C has ended it. */
  isInterrupted: boolean
  /** Why the command did not start. */
  error: NodeJS.ErrnoException | null
  /** The processes of the tree that are still alive. */
  living: LivingTree
}

/** How long a busy process may take to answer: after a timeout, and while somebody waits at a terminal. */
const answerMs = 5000
const impatientAnswerMs = 1000
/** The command itself may end at a second Ctrl-C. */
const secondInterruptMs = 500
/** For processes that end after the command: workers of a cluster, the end of a pipeline. */
const lastReportsMs = 2000
const lastOthersMs = 100

export async function runCommand(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number | null,
  inbox: RecordInbox,
): Promise<Ending> {
  let child: ChildProcess | null = null
  let interrupts = 0
  const commandPid = () =>
    child?.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null
  const living = livingTree(inbox, commandPid)
  let interruptAgain = () => {}
  const interruptedAgain = new Promise<'interrupts'>((resolve) => {
    interruptAgain = () => resolve('interrupts')
  })
  let isStarted = false
  const earlySignals: NodeJS.Signals[] = []
  const passOn = (signal: NodeJS.Signals): void => {
    const pid = commandPid()
    if (pid !== null) sendSignal(pid, signal)
    else if (!isStarted) earlySignals.push(signal)
  }
  const signals = watchSignals({
    passOn,
    interrupted(times) {
      interrupts = times
      if (times === 2) interruptAgain()
    },
    reportRequested: () => requestReports(living, commandPid()),
  })
  try {
    await signals.ready
    const ended = startCommand(command, env)
    child = ended.child
    isStarted = true
    earlySignals.forEach(passOn)
    const abort = new AbortController()
    const timeout = timeoutMs === null ? [] : [pause(timeoutMs, 'timeout' as const, { signal: abort.signal })]
    const cause = await Promise.race([ended.exit.then(() => 'exit' as const), interruptedAgain, ...timeout])
    abort.abort()
    const isHurried = () => interrupts > 2
    if (cause === 'interrupts') await Promise.race([ended.exit, pause(secondInterruptMs)])
    if (cause !== 'exit') {
      await requestTreeReports(inbox, living, cause === 'timeout' ? answerMs : impatientAnswerMs)
      await endTree(living, isHurried)
    }
    const { exitCode, signal, error } = await ended.exit
    const isInterrupted = cause === 'interrupts' && signal !== null
    if (cause === 'exit' && error === null) {
      if (signal !== 'SIGKILL') await waitForLastReports(living, () => interrupts > 1)
      // Nobody else would end the children of a command that was killed.
      if (signal === 'SIGKILL' || interrupts > 1) {
        await requestTreeReports(inbox, living, impatientAnswerMs)
        await endTree(living, isHurried)
      }
    }
    return {
      pid: child?.pid ?? 0,
      exitCode,
      signal,
      isTimedOut: cause === 'timeout',
      isInterrupted,
      error,
      living,
    }
  } finally {
    signals.undo()
  }
}

interface StartedCommand {
  child: ChildProcess | null
  exit: Promise<Pick<Ending, 'exitCode' | 'signal' | 'error'>>
}

function startCommand([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): StartedCommand {
  const failed = (error: NodeJS.ErrnoException) => ({ exitCode: null, signal: null, error })
  try {
    const child = spawn(file, args, { stdio: 'inherit', env })
    const exit = new Promise<Awaited<StartedCommand['exit']>>((resolve) => {
      child.once('error', (error) => resolve(failed(error)))
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, error: null }))
    })
    return { child, exit }
  } catch (error) {
    // the name is empty, or the arguments are too long
    return { child: null, exit: Promise.resolve(failed(error as NodeJS.ErrnoException)) }
  }
}

/** The exit codes of a shell. */
export function startExitCode(file: string, { code }: NodeJS.ErrnoException): number {
  const isMissing = (code === 'ENOENT' && !(file.includes('/') && existsSync(file))) || file === ''
  return isMissing ? 127 : 126
}

export function exitCodeOf({ exitCode, signal, isInterrupted }: Ending): number {
  const name = isInterrupted ? 'SIGINT' : (signal ?? '')
  return exitCode ?? 128 + ((constants.signals as Record<string, number>)[name] ?? 0)
}

async function waitForLastReports(living: LivingTree, isOver: () => boolean): Promise<void> {
  await waitUntil(() => isOver() || living.pids().length === 0, lastOthersMs)
  await waitUntil(() => isOver() || living.watched().length === 0, lastReportsMs)
}

/** Asks each watched process for a report. The command gets the signal in any case if it has a listener for it. */
function requestReports(living: LivingTree, command: number | null): void {
  const watched = living.watched()
  for (const { pid, signal } of watched) if (signal !== null) signalWatched(pid, signal)
  const isWatched = watched.some(({ pid, signal }) => pid === command && signal === 'SIGUSR2')
  if (command === null || isWatched) return
  if (handlesSignal(command, constants.signals.SIGUSR2) === true) sendSignal(command, 'SIGUSR2')
}
