/** When a process started, as the system counts it. Pids are reused; a pid together with its start is unique. */
import { readFileSync, readlinkSync } from 'node:fs'

export interface ProcessStat {
  /** `R`, `S`, `T`, `Z`... */
  state: string
  /** Clock ticks since the system started. */
  start: string
  /** Clock ticks of CPU used. */
  cpuTicks: number
}

/** The unit in which Linux counts, whatever the kernel's own clock is: `getconf CLK_TCK`. */
export const ticksPerSecond = 100

/** `null` if there is no such process, or no `/proc`. */
export function processStat(pid: number | 'self'): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name before it may hold anything, brackets too.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return {
      state: fields[0] as string,
      cpuTicks: Number(fields[11]) + Number(fields[12]),
      start: fields[19] as string,
    }
  } catch {
    return null
  }
}

/** Whether the process is gone. A zombie, which only waits for its parent, counts as gone. */
export function hasEnded(pid: number, start: string): boolean {
  if (process.platform !== 'linux') return !isRunning(pid)
  const stat = processStat(pid)
  return stat === null || stat.start !== start || stat.state === 'Z' || stat.state === 'X'
}

/** A process of another user counts too. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Pids are unique within it; `0`: it is not known. */
export function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch {
    return '0'
  }
}

/**
 * The environment with which a process was started, whatever it has changed since: others see the same. Where the system does not
 * show it, only this process's folder for temporary files.
 */
export function environmentOf(pid: number | 'self'): Readonly<Record<string, string | undefined>> {
  try {
    const lines = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
  } catch {
    return { TMPDIR: process.getBuiltinModule('node:os').tmpdir() }
  }
}
