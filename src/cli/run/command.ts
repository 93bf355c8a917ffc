/** Runs the command to its end, whoever brings that about. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Gathering } from './gathering.ts'
import { catches } from './proc.ts'
import { watchSignals } from './signals.ts'
import { askTree, endTree, type Living, livingTree, send, signalWatched, waitUntil } from './tree.ts'

export interface Ending {
  /** 0: it did not start. */
  pid: number
  exitCode: number | null
  signal: string | null
  /** It had to be ended. */
  isTimedOut: boolean
  /** A second Ctrl-C ended it, by whatever signal. */
  isInterrupted: boolean
  /** Why it did not start. */
  error: NodeJS.ErrnoException | null
  /** What lives of the tree. */
  living: Living
}

/** How long a process whose event loop is busy may take to answer: at a timeout, and where somebody waits at a terminal. */
const answerMs = 5000
const impatientAnswerMs = 1000
/** A second Ctrl-C may be what the command itself ends at. */
const secondInterruptMs = 500
/** Processes that end because the command has: cluster workers, the end of a pipeline. */
const lastReportsMs = 2000
const lastOthersMs = 100

export async function runCommand(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number | null,
  gathering: Gathering,
): Promise<Ending> {
  let child: ChildProcess | null = null
  let interrupts = 0
  const own = () => (child?.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null)
  const living = livingTree(gathering, own)
  let interruptAgain = () => {}
  const interruptedAgain = new Promise<'interrupts'>((resolve) => {
    interruptAgain = () => resolve('interrupts')
  })
  let isStarted = false
  const early: NodeJS.Signals[] = []
  const pass = (signal: NodeJS.Signals): void => {
    const pid = own()
    if (pid !== null) send(pid, signal)
    else if (!isStarted) early.push(signal)
  }
  const signals = watchSignals({
    pass,
    interrupted(times) {
      interrupts = times
      if (times === 2) interruptAgain()
    },
    demanded: () => demand(living, own()),
  })
  try {
    await signals.ready
    const ended = started(command, env)
    child = ended.child
    isStarted = true
    early.forEach(pass)
    const abort = new AbortController()
    const timeout = timeoutMs === null ? [] : [pause(timeoutMs, 'timeout' as const, { signal: abort.signal })]
    const why = await Promise.race([ended.exit.then(() => 'exit' as const), interruptedAgain, ...timeout])
    abort.abort()
    const isHurried = () => interrupts > 2
    if (why === 'interrupts') await Promise.race([ended.exit, pause(secondInterruptMs)])
    if (why !== 'exit') {
      await askTree(gathering, living, why === 'timeout' ? answerMs : impatientAnswerMs)
      await endTree(living, isHurried)
    }
    const { exitCode, signal, error } = await ended.exit
    const isInterrupted = why === 'interrupts' && signal !== null
    if (why === 'exit' && error === null) {
      if (signal !== 'SIGKILL') await lastReports(living, () => interrupts > 1)
      // Nobody else would end what the command was killed away from.
      if (signal === 'SIGKILL' || interrupts > 1) {
        await askTree(gathering, living, impatientAnswerMs)
        await endTree(living, isHurried)
      }
    }
    return {
      pid: child?.pid ?? 0,
      exitCode,
      signal,
      isTimedOut: why === 'timeout',
      isInterrupted,
      error,
      living,
    }
  } finally {
    signals.undo()
  }
}

interface Started {
  child: ChildProcess | null
  exit: Promise<Pick<Ending, 'exitCode' | 'signal' | 'error'>>
}

function started([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Started {
  const failed = (error: NodeJS.ErrnoException) => ({ exitCode: null, signal: null, error })
  try {
    const child = spawn(file, args, { stdio: 'inherit', env })
    const exit = new Promise<Awaited<Started['exit']>>((resolve) => {
      child.once('error', (error) => resolve(failed(error)))
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, error: null }))
    })
    return { child, exit }
  } catch (error) {
    // an empty name, arguments that are too long
    return { child: null, exit: Promise.resolve(failed(error as NodeJS.ErrnoException)) }
  }
}

/** As a shell has them. */
export function startExitCode(file: string, { code }: NodeJS.ErrnoException): number {
  const isMissing = (code === 'ENOENT' && !(file.includes('/') && existsSync(file))) || file === ''
  return isMissing ? 127 : 126
}

export function exitCodeOf({ exitCode, signal, isInterrupted }: Ending): number {
  const name = isInterrupted ? 'SIGINT' : (signal ?? '')
  return exitCode ?? 128 + ((constants.signals as Record<string, number>)[name] ?? 0)
}

async function lastReports(living: Living, isOver: () => boolean): Promise<void> {
  await waitUntil(() => isOver() || living.pids().length === 0, lastOthersMs)
  await waitUntil(() => isOver() || living.watched().length === 0, lastReportsMs)
}

/** A report of each process that is watched; the command gets the signal anyway where it has a listener for it. */
function demand(living: Living, command: number | null): void {
  const watched = living.watched()
  for (const { pid, signal } of watched) if (signal !== null) signalWatched(pid, signal)
  const isWatched = watched.some(({ pid, signal }) => pid === command && signal === 'SIGUSR2')
  if (command === null || isWatched) return
  if (catches(command, constants.signals.SIGUSR2) === true) send(command, 'SIGUSR2')
}
