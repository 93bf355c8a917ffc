/** What a watched process tells of itself: a file of its own, whose name says which process it is. */
import { lstatSync } from 'node:fs'
import { type Folder, remove, removeFolder } from './folder.ts'
import { hasEnded, pidNamespace } from './process-stat.ts'

export interface Entry {
  schema: 'leakwatch-process/1'
  pid: number
  /** What it is asked by; `null`: nothing. */
  signal: NodeJS.Signals | null
  /** As set; `null`: the program's package. */
  service: string | null
  main: string | null
  node: string
}

/** All files of one process begin with it. */
export function entryBase(pid: number, start: string, namespace: string): string {
  return `${pid}-${start}.${namespace}`
}

export const entrySuffix = '.process'
export const entryFile = (base: string): string => `${base}${entrySuffix}`
/** `key`: another for each request, from whose pid on. */
export const requestFile = (base: string, key: string): string => `${base}.${key}.request`
export const answerFile = (request: string): string => request.replace(/request$/, 'answer')
/** What nobody waits for any more, while its signal is still on its way. */
export const withdrawnFile = (request: string): string => request.replace(/request$/, 'withdrawn')

/** The request that a file is, or was; `null` where it is none to this process. */
export function requestOf(base: string, name: string): string | null {
  const isOne = name.startsWith(`${base}.`) && /\.(?:request|withdrawn)$/.test(name)
  return isOne ? name.replace(/withdrawn$/, 'request') : null
}

/** No request and no answer is waited for so long. */
const waitedForMs = 60_000
/** Whether it is of use for as long as its process lives. */
const lasts = (name: string): boolean => name.endsWith(entrySuffix) || name.endsWith('.withdrawn')
/** A process tells of itself anew far more often: `presence.ts`. */
const renewedMs = 24 * 3_600_000

/**
 * Removes what was left by processes that had no time to clear up, and the folder where it is empty then. `time`, of the wall
 * clock, tells what is too old. What is not leakwatch's is left alone.
 */
export function sweep(folder: Folder, time: number): void {
  const here = pidNamespace()
  let left = 0
  for (const name of folder.names()) {
    if (!isStale(folder, name, here, time) || !remove(folder.at(name))) left += 1
  }
  if (left === 0) removeFolder(folder.path)
}

/** The same for what only shows by its process having ended: a program may have set the clock that it sees. */
export function sweepEnded(folder: Folder): void {
  const here = pidNamespace()
  const ended = folder.names().filter((name) => isOfEnded(name, here))
  for (const name of ended.slice(0, sweptAtOnce)) remove(folder.at(name))
}

/** The watched program waits for it. */
const sweptAtOnce = 64

function isStale(folder: Folder, name: string, here: string, time: number): boolean {
  if (isOfEnded(name, here)) return true
  if (!pattern.test(name)) return false
  return ageOf(folder.at(name), time) > (lasts(name) ? renewedMs : waitedForMs)
}

const pattern = /^(\d+)-(\d+)\.(\d+)\./

/** An answer outlives its process: it may have been the last thing that it did. */
function isOfEnded(name: string, here: string): boolean {
  const [, pid = '', start = '', namespace] = pattern.exec(name) ?? []
  return namespace === here && lasts(name) && hasEnded(Number(pid), start)
}

function ageOf(path: string, time: number): number {
  try {
    return time - lstatSync(path).mtimeMs
  } catch {
    return 0
  }
}
