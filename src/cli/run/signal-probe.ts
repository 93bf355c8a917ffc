/**
 * A shell beside the command that only reports which signals it gets. A signal that it gets too was sent to the process group, the
 * control group or the tree; one that it does not get was sent to `run` alone, and has to be passed on. There is no other way to know.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

export interface SignalProbe {
  /** Resolves once the probe sees signals, or once there is none. */
  ready: Promise<void>
  /** Whether the probe got the signal that `run` has just got; `null`: there is no probe. */
  hasSeen(signal: string): Promise<boolean | null>
  /** Calling it twice is harmless. */
  stop(): void
}

/** systemd and pm2 send a signal to each process of a tree in turn, within this time. */
const signallingMs = 50
/** The probe may see a signal as long as this before `run` does, on a busy machine. */
const sameSignalMs = 1000
/** How long the answer of the probe may take, on a busy machine. */
const answerMs = 2000
const readyMs = 1000
const question = '?'
const readyLine = '!'

/**
 * In most shells a signal interrupts `read`. A signal that comes just before `read` is reported after the next line. The shell ends
 * when its stdin ends: it ends with `run`, however that happens.
 */
function script(signals: readonly string[]): string {
  const traps = signals.map((signal) => `trap 'echo ${signal}; got=1' ${signal.replace('SIG', '')}`)
  return `${traps.join('\n')}\necho '${readyLine}'\nwhile got=; read -r line || test "$got"; do echo "$line"; done`
}

export function startSignalProbe(signals: readonly NodeJS.Signals[]): SignalProbe {
  const child = probeProcess(signals)
  const seenAt = new Map<string, number>()
  let answers = 0
  const lines = new EventEmitter()
  const listen = (line: string) => {
    if (line === question) {
      answers += 1
      lines.emit(String(answers))
    } else if (line === readyLine) lines.emit(readyLine)
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
    if (!isRunning(child)) resolve()
    child?.once('exit', (_code, signal) => {
      if (signal !== null) seenAt.set(signal, performance.now())
      resolve()
    })
  })
  /** Waits until the line has come, the probe is gone, or too much time has passed. */
  const waitForLine = async (event: string, ms: number): Promise<void> => {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), ms)
    await Promise.race([once(lines, event, { signal: abort.signal }).catch(() => {}), gone])
    clearTimeout(timer)
    abort.abort()
  }
  return {
    ready: waitForLine(readyLine, readyMs),
    async hasSeen(signal) {
      const since = performance.now() - sameSignalMs
      const isSeen = () => (seenAt.get(signal) ?? Number.NEGATIVE_INFINITY) >= since
      await Promise.race([pause(signallingMs), gone])
      if (!isSeen() && isRunning(child)) {
        // The first answer may come before the output of a trap, the second does not.
        questions += 2
        child.stdin?.write(`${question}\n${question}\n`)
        await waitForLine(String(questions), answerMs)
      }
      if (!isSeen()) return isRunning(child) ? false : null
      seenAt.delete(signal)
      return true
    },
    stop() {
      child?.kill('SIGKILL')
      // A process that this `sh` has started would keep the pipes open.
      child?.stdin?.destroy()
      child?.stdout?.destroy()
      child?.unref()
    },
  }
}

function isRunning(child: ChildProcess | null): child is ChildProcess {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** `null`: the system has no room for one more process. Without a `pid`: there is no shell. */
function probeProcess(signals: readonly NodeJS.Signals[]): ChildProcess | null {
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
