/** The files by which a watched process can be found and asked. Their names say which process they belong to. */
import { lstatSync } from 'node:fs'
import { type Folder, remove, removeFolder } from './folder.ts'
import { hasEnded, pidNamespace } from './process-stat.ts'

export interface Entry {
  schema: 'leakwatch-process/1'
  pid: number
  /** The signal that asks it for a report; `null`: none does. */
  signal: NodeJS.Signals | null
  /** The setting; `null`: the name of the program's package. */
  service: string | null
  main: string | null
  node: string
}

/** The beginning of the names of all files of one process. */
export function entryBase(pid: number, start: string, namespace: string): string {
  return `${pid}-${start}.${namespace}`
}

export const entrySuffix = '.process'
export const entryFile = (base: string): string => `${base}${entrySuffix}`
/** `key` differs for each request. It begins with the pid of the one who asks. */
export const requestFile = (base: string, key: string): string => `${base}.${key}.request`
/** One that is answered again and again, in the file itself: see `view.ts`. */
export const viewFile = (base: string, key: string): string => requestFile(base, `${key}.view`)
export const isView = (request: string): boolean => request.endsWith('.view.request')
export const answerFile = (request: string): string => request.replace(/request$/, 'answer')
/** A request for which nobody waits any more, and whose signal may still arrive. */
export const withdrawnFile = (request: string): string => request.replace(/request$/, 'withdrawn')

/** The request that a file is or was; `null` if it is no request to this process. */
export function requestOf(base: string, name: string): string | null {
  const isOne = name.startsWith(`${base}.`) && /\.(?:request|withdrawn)$/.test(name)
  return isOne ? name.replace(/withdrawn$/, 'request') : null
}

/** Nobody waits for a request or an answer as long as this. */
const longestWaitMs = 60_000
/** Whether a file is of use until its process ends. */
const lastsWithProcess = (name: string): boolean => name.endsWith(entrySuffix) || name.endsWith('.withdrawn')
/** A process renews its file far more often: see `presence.ts`. */
const longestRenewalMs = 24 * 3_600_000

/**
 * Removes the files of processes that had no time to do so, then the folder if it is empty. `time` is that of the wall clock:
 * it decides what is too old. Files that are not leakwatch's stay.
 */
export function removeStale(folder: Folder, time: number): void {
  const ownNamespace = pidNamespace()
  let remaining = 0
  for (const name of folder.names()) {
    if (!isStale(folder, name, ownNamespace, time) || !remove(folder.at(name))) remaining += 1
  }
  if (remaining === 0) removeFolder(folder.path)
}

/** Removes the files of processes that have ended, whatever their age: the program may have changed its clock. */
export function removeEnded(folder: Folder): void {
  const ownNamespace = pidNamespace()
  const ended = folder.names().filter((name) => isOfEnded(name, ownNamespace))
  for (const name of ended.slice(0, removedAtOnce)) remove(folder.at(name))
}

/** Few, as the watched program waits meanwhile. */
const removedAtOnce = 64

function isStale(folder: Folder, name: string, ownNamespace: string, time: number): boolean {
  if (isOfEnded(name, ownNamespace)) return true
  if (!pattern.test(name)) return false
  return ageOf(folder.at(name), time) > (lastsWithProcess(name) ? longestRenewalMs : longestWaitMs)
}

const pattern = /^(\d+)-(\d+)\.(\d+)\./

/** An answer outlives its process: to write it may have been the last thing that the process did. */
function isOfEnded(name: string, ownNamespace: string): boolean {
  const [, pid = '', start = '', namespace] = pattern.exec(name) ?? []
  return namespace === ownNamespace && lastsWithProcess(name) && hasEnded(Number(pid), start)
}

function ageOf(path: string, time: number): number {
  try {
    return time - lstatSync(path).mtimeMs
  } catch {
    return 0
  }
}
