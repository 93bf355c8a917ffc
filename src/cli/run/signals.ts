/** What `run` does with the signals that it gets: the command sees them as if it ran without `run`. */
import { isatty } from 'node:tty'
import { statOf } from './linux-processes.ts'
import { startSignalProbe } from './signal-probe.ts'

export interface SignalHandlers {
  /** Sends the signal to the command. */
  passOn(signal: NodeJS.Signals): void
  /** Ctrl-C, or another SIGINT, came for the `times`th time. */
  interrupted(times: number): void
  /** SIGUSR2 came: every watched process has to report. */
  reportRequested(): void
}

/** `timeout` sends a signal to `run`, then to the whole group: within this time it is one signal. */
const sameSignalMs = 50
/** Signals that a terminal sends to the whole process group. */
const terminalSignals: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP'])
const handledSignals: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
]

/**
 * Does not pass on a signal that the whole group was sent, as the command has it already: a program that shuts down at the first
 * SIGTERM may stop its shutdown at the second. Leaves SIGWINCH alone, and SIGTSTP, SIGCONT, SIGTTIN and SIGTTOU, by which the
 * terminal stops and continues `run` together with the command.
 */
export function watchSignals({ passOn, interrupted, reportRequested }: SignalHandlers): {
  ready: Promise<void>
  undo(): void
} {
  const probe = startSignalProbe(handledSignals)
  const hadTerminal = isInForeground()
  let interrupts = 0
  const lastMs = new Map<string, number>()
  const isSentToAll = async (signal: NodeJS.Signals): Promise<boolean> =>
    (await probe.hasSeen(signal)) ?? (terminalSignals.has(signal) && hadTerminal)
  const listener = async (signal: NodeJS.Signals): Promise<void> => {
    const now = performance.now()
    if (now - (lastMs.get(signal) ?? Number.NEGATIVE_INFINITY) < sameSignalMs) return
    lastMs.set(signal, now)
    if (signal === 'SIGINT') {
      interrupts += 1
      interrupted(interrupts)
    }
    if (await isSentToAll(signal)) return
    if (signal === 'SIGUSR2') reportRequested()
    else passOn(signal)
  }
  const undos = handledSignals.map((signal) => listenTo(signal, listener))
  return {
    ready: probe.ready,
    undo() {
      for (const undo of undos) undo()
      probe.stop()
    },
  }
}

function listenTo(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): () => void {
  try {
    process.on(signal, listener)
  } catch {
    // Windows does not have all of them
  }
  return () => process.removeListener(signal, listener)
}

/** Whether `run` and the command have the terminal. On systems other than Linux: whether there is one. */
function isInForeground(): boolean {
  const own = statOf(process.pid)
  return own === null ? isatty(0) : own.foreground === own.group
}
