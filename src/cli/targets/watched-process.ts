/** Finds watched processes of this user, and says in one line why another process is none. */

import { readFileSync } from 'node:fs'
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import { type Entry, removeStale } from '../../processes/presence/entry.ts'
import { findEntry } from '../../processes/presence/find-entry.ts'
import { enterFolder, type Folder, FolderRefused, folderPaths } from '../../processes/presence/folder.ts'
import { environmentOf } from '../../processes/presence/process-stat.ts'
import { isOff } from '../../settings/early/is-off.ts'
import { NoReport, processGone } from './no-report.ts'
import { allPids, isHidden, type OtherProcess, otherProcess } from './other-process.ts'

export interface WatchedProcess {
  seen: OtherProcess
  entry: Entry
  /** The beginning of the names of its files. */
  base: string
  /** It is open. */
  folder: Folder
}

/** A watched process can be found a second after its start; on a busy machine later. */
const youngMs = 3000
/** The same for a process that was started with a preload. */
const preloadedYoungMs = 10_000
const lookEveryMs = 50

/** Every watched process of this user, by pid. */
export function watchedProcesses(): WatchedProcess[] {
  const found = allPids().map(watchedAs)
  return found.filter((each) => each !== null).sort((a, b) => a.seen.pid - b.seen.pid)
}

/** `null`: no watched process of this user has this pid at the moment. */
export function watchedAs(pid: number): WatchedProcess | null {
  const user = userId()
  const seen = otherProcess(pid)
  const isOwn = seen !== null && seen.leader === pid && isOf(seen, user) && seen.state !== 'ended'
  return isOwn ? findWatched(seen, user).watched : null
}

/**
 * Waits for a process that has just started.
 * @throws NoReport if it cannot be asked.
 */
export async function watchedProcess(pid: number): Promise<WatchedProcess> {
  const user = userId()
  for (;;) {
    const seen = runningProcess(pid, user)
    const { watched, refusal } = findWatched(seen, user)
    if (watched !== null) return watched
    if (refusal !== null) throw refusal
    const isYoung = seen.ageMs < (namesPreload(pid) ? preloadedYoungMs : youngMs)
    if (!isYoung || !isNode(seen)) throw notWatched(seen)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

/** @throws CodedError on Windows, which has neither such signals nor such users. */
function userId(): number {
  const uid = process.geteuid?.()
  if (uid !== undefined) return uid
  throw new CodedError(errors.LEAKWATCH_SYSTEM_UNSUPPORTED())
}

function isOf({ uids }: OtherProcess, user: number): boolean {
  return uids.every((uid) => uid === user)
}

function runningProcess(pid: number, user: number): OtherProcess {
  const seen = otherProcess(pid)
  if (seen === null) {
    if (isHidden(pid)) throw notOfThisUser(pid, 'of another user', user)
    throw processGone(`none with pid ${pid}`)
  }
  if (seen.leader !== pid) {
    throw processGone(`a thread (${pid}) of process ${seen.leader}: \`leakwatch dump ${seen.leader}\``)
  }
  if (!isOf(seen, user)) {
    const other = seen.uids.find((uid) => uid !== user)
    throw notOfThisUser(pid, `of uid ${other}`, user)
  }
  if (seen.state === 'ended') throw processGone(`one that has ended (pid ${pid})`)
  if (pid === process.pid) throw processGone(`this command itself (pid ${pid})`)
  return seen
}

interface Lookup {
  watched: WatchedProcess | null
  /** Why its folder could not be read. */
  refusal: NoReport | null
}

function findWatched(seen: OtherProcess, user: number): Lookup {
  let refusal: NoReport | null = null
  const environments = [environmentOf(seen.pid), environmentOf('self')]
  const paths = new Set(environments.flatMap((env) => folderPaths(env, user)))
  for (const path of paths) {
    try {
      const folder = enterFolder(seen.root + path)
      if (folder === null) continue
      const found = findEntry(folder, seen.ownPid, seen.isStart)
      if (found !== null) return { watched: { seen, ...found, folder }, refusal }
      folder.close()
    } catch (error) {
      if (!(error instanceof FolderRefused)) throw error
      refusal ??= new NoReport(
        errors.LEAKWATCH_FOLDER_REFUSED(path, error.message),
        'its folder is not its own',
      )
    }
  }
  return { watched: null, refusal }
}

/** Removes the files of ended processes in the folders of this user. */
export function removeStaleFiles(): void {
  for (const path of folderPaths(environmentOf('self'), userId())) {
    try {
      const folder = enterFolder(path)
      if (folder === null) continue
      removeStale(folder, Date.now())
      folder.close()
    } catch {
      // the folder belongs to somebody else
    }
  }
}

function isNode({ program }: OtherProcess): boolean {
  return program === null || /^(?:node|nodejs)(?:\W|\d|$)/.test(program)
}

function notWatched(seen: OtherProcess): NoReport {
  const { pid, program } = seen
  const got = isNode(seen) ? whyUnwatched(pid) : `\`${program}\`, which is not Node.js (pid ${pid})`
  return new NoReport(errors.LEAKWATCH_PROCESS_UNWATCHED(got), 'not watched')
}

function whyUnwatched(pid: number): string {
  if (isOff(environmentOf(pid))) return `one in which it is off (pid ${pid}, \`LEAKWATCH=off\`)`
  if (/\bleakwatch\b/.test(commandOf(pid))) {
    return `one that was started with it and cannot be found: it is blocked since its start, or has no folder for temporary files (pid ${pid})`
  }
  return `one that is not (pid ${pid}). Start it with \`node --require leakwatch\``
}

/** Whether it was started with a preload, and leakwatch is not off. */
function namesPreload(pid: number): boolean {
  return !isOff(environmentOf(pid)) && /--(?:import|require)\b/.test(commandOf(pid))
}

function commandOf(pid: number): string {
  const options = environmentOf(pid).NODE_OPTIONS ?? ''
  try {
    return `${options} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`
  } catch {
    return options
  }
}

function notOfThisUser(pid: number, whose: string, user: number): NoReport {
  return new NoReport(errors.LEAKWATCH_PROCESS_FOREIGN(user, whose, pid), 'of another user')
}
