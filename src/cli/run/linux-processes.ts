/** Finds the processes of a tree on Linux: by a mark in their environment, and by their parents. */
import { readdirSync, readFileSync } from 'node:fs'
import { recordFilesIn } from '../../processes/tree/record-file.ts'
import { runVariable } from '../../settings/settings.ts'
import { commandText } from './command-text.ts'

const prefix = `${runVariable}=`

interface Seen {
  pid: number
  ppid: number
  isMarked: boolean
}

/**
 * The pids of the living processes that have `mark` in `LEAKWATCH_RUN`, and of their descendants. Zombies do not count. There are
 * none where there is no `/proc`.
 */
export function pidsMarked(mark: string): number[] {
  const all = processes(mark)
  const tree = new Set(all.filter(({ isMarked }) => isMarked).map(({ pid }) => pid))
  for (let size = -1; size !== tree.size; ) {
    size = tree.size
    for (const { pid, ppid } of all) if (tree.has(ppid)) tree.add(pid)
  }
  tree.delete(process.pid)
  return [...tree]
}

function processes(mark: string): Seen[] {
  let names: string[]
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
  return names.flatMap((name) => {
    const stat = statOf(Number(name))
    if (stat === null || stat.state === 'Z' || stat.state === 'X') return []
    return [{ pid: Number(name), ppid: stat.ppid, isMarked: isMarked(name, mark) }]
  })
}

function isMarked(pid: string, mark: string): boolean {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
    return recordFilesIn(entries.find((each) => each.startsWith(prefix))?.slice(prefix.length) ?? '').some(
      (place) => place.mark === mark,
    )
  } catch {
    // the process is gone, or another user's
    return false
  }
}

interface Stat {
  state: string
  ppid: number
  group: number
  /** The process group that has the terminal; -1: there is no terminal. */
  foreground: number
}

/** `null`: there is no such process, or no `/proc`. */
export function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may contain anything.
    const [state = '', ppid, group, , , foreground] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state, ppid: Number(ppid), group: Number(group), foreground: Number(foreground) }
  } catch {
    return null
  }
}

export function isAlive(pid: number): boolean {
  const stat = statOf(pid)
  if (stat !== null) return stat.state !== 'Z' && stat.state !== 'X'
  try {
    return process.kill(pid, 0) && statOf(process.pid) === null
  } catch {
    return false
  }
}

/** Whether the process handles the signal, and survives it. `null`: that is not known. */
export function handlesSignal(pid: number, signal: number): boolean | null {
  try {
    const caught = /^SigCgt:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
    return caught === undefined ? null : ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n
  } catch {
    return null
  }
}

/** The command by which a living process was started. */
export function commandOf(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    return words.length === 0 ? `process ${pid}` : commandText(words)
  } catch {
    return `process ${pid}`
  }
}
