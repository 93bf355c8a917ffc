/** The processes of a tree, as Linux tells of them: by a mark in their environment, and by their parents. */
import { readdirSync, readFileSync } from 'node:fs'
import { runVariable } from '../../settings.ts'
import { placesIn } from '../../tree/place.ts'
import { commandText } from './command-text.ts'

const prefix = `${runVariable}=`

interface Seen {
  pid: number
  ppid: number
  isMarked: boolean
}

/**
 * Pids of what lives of the tree whose processes have `mark` in `LEAKWATCH_RUN`, and of what descends from those. Zombies do
 * not count. Empty where there is no `/proc`.
 */
export function marked(mark: string): number[] {
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
    return placesIn(entries.find((each) => each.startsWith(prefix))?.slice(prefix.length) ?? '').some(
      (place) => place.mark === mark,
    )
  } catch {
    // gone, or another user's
    return false
  }
}

interface Stat {
  state: string
  ppid: number
  group: number
  /** Process group that has the terminal; -1: there is no terminal. */
  foreground: number
}

/** `null`: there is no such process, or no `/proc`. */
export function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may hold anything.
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

/** Whether a signal would not be the death of it. `null`: it cannot be told. */
export function catches(pid: number, signal: number): boolean | null {
  try {
    const caught = /^SigCgt:\s*([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
    return caught === undefined ? null : ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n
  } catch {
    return null
  }
}

/** What a living process was started as. */
export function commandOf(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    return words.length === 0 ? `process ${pid}` : commandText(words)
  } catch {
    return `process ${pid}`
  }
}
