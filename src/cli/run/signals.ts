/** What `run` does with the signals that it gets: the command is to see them as if it had been started without. */
import { isatty } from 'node:tty'
import { statOf } from './proc.ts'

export interface Passing {
  /** To the command. */
  pass(signal: NodeJS.Signals): void
  /** Ctrl-C, or SIGINT from elsewhere, for the `times`th time. */
  interrupted(times: number): void
  /** SIGUSR2: a report of every watched process. */
  demanded(): void
}

/** A signal to the process group may come twice within this: once to the group, once to `run` alone (`timeout`). */
const sameMs = 50

/**
 * Left alone: SIGWINCH, and SIGTSTP, SIGCONT, SIGTTIN and SIGTTOU, by which the terminal stops and continues `run` with the
 * command. Returns its undo.
 */
export function watchSignals({ pass, interrupted, demanded }: Passing): () => void {
  const hadTerminal = isInForeground()
  let interrupts = 0
  let lastMs = Number.NEGATIVE_INFINITY
  const listeners: Partial<Record<NodeJS.Signals, () => void>> = {
    SIGINT() {
      const now = performance.now()
      if (now - lastMs < sameMs) return
      lastMs = now
      interrupts += 1
      // The terminal sends it to the whole group.
      if (!isInForeground()) pass('SIGINT')
      interrupted(interrupts)
    },
    SIGQUIT() {
      if (!isInForeground()) pass('SIGQUIT')
    },
    SIGHUP() {
      // A terminal that has gone told the whole group.
      if (!hadTerminal || isInForeground()) pass('SIGHUP')
    },
    SIGTERM: () => pass('SIGTERM'),
    SIGUSR1: () => pass('SIGUSR1'),
    SIGUSR2: demanded,
  }
  const entries = Object.entries(listeners) as [NodeJS.Signals, () => void][]
  const undos = entries.map(([signal, listener]) => listenTo(signal, listener))
  return () => {
    for (const undo of undos) undo()
  }
}

function listenTo(signal: NodeJS.Signals, listener: () => void): () => void {
  try {
    process.on(signal, listener)
  } catch {
    // Windows lacks some
  }
  return () => process.removeListener(signal, listener)
}

/** Whether `run` and the command have the terminal; elsewhere than on Linux: whether there is one. */
function isInForeground(): boolean {
  const own = statOf(process.pid)
  return own === null ? isatty(0) : own.foreground === own.group
}
