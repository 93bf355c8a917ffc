/**
 * A shell beside the command that does nothing but tell which signals it gets: the process group, control group or tree was sent
 * those, not `run` alone. Nothing else tells the one from the other, and only what `run` alone was sent has to be passed on.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

export interface Witness {
  /** It hears signals from here on, or there is none. */
  ready: Promise<void>
  /** Whether it got the signal, too, that `run` has just got; `null`: there is no witness. */
  hasSeen(signal: string): Promise<boolean | null>
  /** Calling it twice is harmless. */
  dismiss(): void
}

/** Who signals each process of a tree in turn (systemd, pm2) is done within this. */
const signallingMs = 50
/** What it told this much before `run` itself heard of it is the same signal: on a busy machine the one comes long before the other. */
const sameSignalMs = 1000
/** It is asked, and its answer waited for: on a busy machine it may take its time. */
const answerMs = 2000
const readyMs = 1000
const question = '?'
const hears = '!'

/**
 * A signal ends the `read` of most shells; what comes just before it begins is told after the next line. Its end is that of its
 * stdin: it goes with `run`, however that ends.
 */
function script(signals: readonly string[]): string {
  const traps = signals.map((signal) => `trap 'echo ${signal}; got=1' ${signal.replace('SIG', '')}`)
  return `${traps.join('\n')}\necho '${hears}'\nwhile got=; read -r line || test "$got"; do echo "$line"; done`
}

export function callWitness(signals: readonly NodeJS.Signals[]): Witness {
  const child = witnessProcess(signals)
  const seenAt = new Map<string, number>()
  let answers = 0
  const told = new EventEmitter()
  const listen = (line: string) => {
    if (line === question) {
      answers += 1
      told.emit(String(answers))
    } else if (line === hears) told.emit(hears)
    else seenAt.set(line, performance.now())
  }
  let questions = 0
  let rest = ''
  child?.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(listen)
  })
  const gone = new Promise<void>((resolve) => {
    if (!isThere(child)) resolve()
    child?.once('exit', (_code, signal) => {
      if (signal !== null) seenAt.set(signal, performance.now())
      resolve()
    })
  })
  /** Until it says so, is gone, or too long has passed. */
  const hear = async (event: string, ms: number): Promise<void> => {
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), ms)
    await Promise.race([once(told, event, { signal: patience.signal }).catch(() => {}), gone])
    clearTimeout(timer)
    patience.abort()
  }
  return {
    ready: hear(hears, readyMs),
    async hasSeen(signal) {
      const since = performance.now() - sameSignalMs
      const hasCome = () => (seenAt.get(signal) ?? Number.NEGATIVE_INFINITY) >= since
      await Promise.race([pause(signallingMs), gone])
      if (!hasCome() && isThere(child)) {
        // The first answer may still come before what a trap has to say, the second does not.
        questions += 2
        child.stdin?.write(`${question}\n${question}\n`)
        await hear(String(questions), answerMs)
      }
      if (!hasCome()) return isThere(child) ? false : null
      seenAt.delete(signal)
      return true
    },
    dismiss() {
      child?.kill('SIGKILL')
      // A `sh` that has started something of its own leaves the pipes open.
      child?.stdin?.destroy()
      child?.stdout?.destroy()
      child?.unref()
    },
  }
}

function isThere(child: ChildProcess | null): child is ChildProcess {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** `null`: there is no room for one more process. One without a `pid`: there is no shell. */
function witnessProcess(signals: readonly NodeJS.Signals[]): ChildProcess | null {
  if (process.platform === 'win32') return null
  try {
    const child = spawn('sh', ['-c', script(signals)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      cwd: '/',
    })
    child.on('error', () => {})
    child.stdin?.on('error', () => {})
    return child
  } catch {
    return null
  }
}
