/** What the system tells of another process. It may have changed by the time it is used. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { type ProcessStat, processStat, ticksPerSecond } from '../../processes/presence/process-stat.ts'

export interface OtherProcess {
  pid: number
  /** The pid that it has for itself: in a container it differs. */
  ownPid: number
  /** The pid of its process, as a thread has a number of its own. */
  leader: number
  /** Real, effective, saved... */
  uids: number[]
  state: 'running' | 'stopped' | 'ended'
  /** When it started. Pids are reused; a pid together with its start is unique. */
  start: string
  /** Whether the process itself gives this as its start. */
  isStart(start: string): boolean
  ageMs: number
  /** Whether it handles the signal; `null`: the system does not tell. */
  catches(signal: NodeJS.Signals): boolean | null
  /** The CPU time that it has used. */
  cpuSeconds: number
  /** The name of its program; `null`: the system does not show it. */
  program: string | null
  /** What to put before the paths that it sees. */
  root: string
}

/** `null`: there is no such process. */
export function otherProcess(pid: number): OtherProcess | null {
  return process.platform === 'linux' ? linuxProcess(pid) : listedProcess(pid)
}

/** The little of it that changes, for whoever looks each second; `null`: there is no such process. */
export function processNow(pid: number): Pick<OtherProcess, 'state' | 'start' | 'cpuSeconds'> | null {
  if (process.platform !== 'linux') return listedProcess(pid)
  const stat = processStat(pid)
  if (stat === null) return null
  return { state: stateOf(stat), start: stat.start, cpuSeconds: stat.cpuTicks / ticksPerSecond }
}

/** Whether there is such a process that this user may not see. */
export function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export function allPids(): number[] {
  const names =
    process.platform === 'linux'
      ? readdirSync('/proc').filter((name) => /^\d+$/.test(name))
      : (ps('-A', '-o', 'pid=') ?? '').split('\n')
  return names.map(Number).filter((pid) => pid > 0)
}

function linuxProcess(pid: number): OtherProcess | null {
  const stat = processStat(pid)
  const status = orNull(() => readFileSync(`/proc/${pid}/status`, 'utf8'))
  if (stat === null || status === null) return null
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? ''
  const numbers = (name: string) => field(name).split(/\s+/).map(Number)
  const upMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000
  const caught = BigInt(`0x${field('SigCgt') || '0'}`)
  const path = orNull(() => readlinkSync(`/proc/${pid}/exe`))
  const root = `/proc/${pid}/root`
  return {
    pid,
    ownPid: numbers('NSpid').at(-1) || pid,
    leader: Number(field('Tgid')),
    uids: numbers('Uid'),
    state: stateOf(stat),
    start: stat.start,
    isStart: (start) => start === stat.start,
    ageMs: Math.max(0, upMs - (Number(stat.start) * 1000) / ticksPerSecond),
    catches: (signal) => ((caught >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n,
    cpuSeconds: stat.cpuTicks / ticksPerSecond,
    program: path === null ? null : basename(path.replace(/ \(deleted\)$/, '')),
    root: orNull(() => statSync(`${root}/`)) === null ? '' : root,
  }
}

function stateOf({ state }: ProcessStat): OtherProcess['state'] {
  if ('ZX'.includes(state)) return 'ended'
  return 'Tt'.includes(state) ? 'stopped' : 'running'
}

/** By POSIX's `ps`, which gives times in seconds. */
function listedProcess(pid: number): OtherProcess | null {
  const [line = ''] = (ps('-p', String(pid), '-o', 'ruid=,uid=,stat=,lstart=,comm=') ?? '').split('\n')
  const [, real, effective, state = '', started = '', command = ''] =
    /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\d{4})\s+(.*)$/.exec(line) ?? []
  if (real === undefined) return null
  const seconds = Date.parse(started) / 1000
  return {
    pid,
    ownPid: pid,
    leader: pid,
    uids: [Number(real), Number(effective)],
    state: state.startsWith('Z') ? 'ended' : state.startsWith('T') ? 'stopped' : 'running',
    start: started,
    isStart: (start) => Math.abs(Number(start) - seconds) <= 2,
    ageMs: Math.max(0, Date.now() - seconds * 1000),
    catches: () => null,
    cpuSeconds: 0,
    program: basename(command.trim()),
    root: '',
  }
}

/** Dates are in the language that `Date.parse` reads. */
function ps(...options: string[]): string | null {
  return orNull(() =>
    execFileSync('env', ['LC_ALL=C', 'ps', ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
}

function orNull<T>(body: () => T): T | null {
  try {
    return body()
  } catch {
    return null
  }
}
