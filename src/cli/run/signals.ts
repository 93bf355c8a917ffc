/** What `run` does with the signals that it gets: the command is to see them as if it had been started without. */
import { isatty } from 'node:tty'
import { statOf } from './proc.ts'
import { callWitness } from './witness.ts'

export interface Passing {
  /** To the command. */
  pass(signal: NodeJS.Signals): void
  /** Ctrl-C, or SIGINT from elsewhere, for the `times`th time. */
  interrupted(times: number): void
  /** SIGUSR2: a report of every watched process. */
  demanded(): void
}

/** One that is sent to `run` alone and then to the whole group, as `timeout` does, is one. */
const sameMs = 50
/** What a terminal sends to the whole group. */
const ofTerminals: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP'])
const passedOn: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2']

/**
 * What the command was sent as well, with the group, is not passed on: a program that shuts down at the first SIGTERM may break
 * off at the second. Left alone: SIGWINCH, and SIGTSTP, SIGCONT, SIGTTIN and SIGTTOU, by which the terminal stops and continues
 * `run` with the command.
 */
export function watchSignals({ pass, interrupted, demanded }: Passing): {
  ready: Promise<void>
  undo(): void
} {
  const witness = callWitness(passedOn)
  const hadTerminal = isInForeground()
  let interrupts = 0
  const lastMs = new Map<string, number>()
  const isSentToAll = async (signal: NodeJS.Signals): Promise<boolean> =>
    (await witness.hasSeen(signal)) ?? (ofTerminals.has(signal) && hadTerminal)
  const listener = async (signal: NodeJS.Signals): Promise<void> => {
    const now = performance.now()
    if (now - (lastMs.get(signal) ?? Number.NEGATIVE_INFINITY) < sameMs) return
    lastMs.set(signal, now)
    if (signal === 'SIGINT') {
      interrupts += 1
      interrupted(interrupts)
    }
    if (await isSentToAll(signal)) return
    if (signal === 'SIGUSR2') demanded()
    else pass(signal)
  }
  const undos = passedOn.map((signal) => listenTo(signal, listener))
  return {
    ready: witness.ready,
    undo() {
      for (const undo of undos) undo()
      witness.dismiss()
    },
  }
}

function listenTo(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): () => void {
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
