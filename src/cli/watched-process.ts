/** Finds watched processes of this user, and says of any other in one line why it is none. */
import { readFileSync } from 'node:fs'
import { isOff } from '../is-off.ts'
import { type Entry, sweep } from '../presence/entry.ts'
import { findEntry } from '../presence/find-entry.ts'
import { enterFolder, type Folder, FolderRefused, folderPaths } from '../presence/folder.ts'
import { environmentOf } from '../presence/process-stat.ts'
import { Misuse } from './misuse.ts'
import { allPids, isHidden, type OtherProcess, otherProcess } from './other-process.ts'
import { gone, Unanswered } from './unanswered.ts'

export interface WatchedProcess {
  seen: OtherProcess
  entry: Entry
  /** Its files begin with it. */
  base: string
  /** Open. */
  folder: Folder
}

/** A process that is watched tells so a second after its start; on a busy machine later. */
const youngMs = 3000
/** The same where it is plain that it is to be watched. */
const preloadedYoungMs = 10_000
const lookEveryMs = 50

/** Every watched process of this user, by pid. */
export function watchedProcesses(): WatchedProcess[] {
  const user = userId()
  const found = allPids().map((pid) => {
    const seen = otherProcess(pid)
    const isOwn = seen !== null && seen.leader === pid && isOf(seen, user) && seen.state !== 'ended'
    return isOwn ? look(seen, user).watched : null
  })
  return found.filter((each) => each !== null).sort((a, b) => a.seen.pid - b.seen.pid)
}

/**
 * Waits for a process that has only just started.
 * @throws Unanswered where it is none that could be asked.
 */
export async function watchedProcess(pid: number): Promise<WatchedProcess> {
  const user = userId()
  for (;;) {
    const seen = existing(pid, user)
    const { watched, refusal } = look(seen, user)
    if (watched !== null) return watched
    if (refusal !== null) throw refusal
    const isYoung = seen.ageMs < (namesPreload(pid) ? preloadedYoungMs : youngMs)
    if (!isYoung || !isNode(seen)) throw unwatched(seen)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

/** @throws Misuse on Windows: it has neither signals nor users as these. */
function userId(): number {
  const uid = process.geteuid?.()
  if (uid !== undefined) return uid
  throw new Misuse(
    'LEAKWATCH_SYSTEM_UNSUPPORTED',
    'expected a system with signals; got Windows. Call `report()` in the program',
  )
}

function isOf({ uids }: OtherProcess, user: number): boolean {
  return uids.every((uid) => uid === user)
}

function existing(pid: number, user: number): OtherProcess {
  const seen = otherProcess(pid)
  if (seen === null) {
    if (isHidden(pid)) throw foreign(pid, 'of another user', user)
    throw gone(`none with pid ${pid}`)
  }
  if (seen.leader !== pid) {
    throw gone(`a thread (${pid}) of process ${seen.leader}: \`leakwatch dump ${seen.leader}\``)
  }
  if (!isOf(seen, user)) {
    const other = seen.uids.find((uid) => uid !== user)
    throw foreign(pid, `of uid ${other}`, user)
  }
  if (seen.state === 'ended') throw gone(`one that has ended (pid ${pid})`)
  if (pid === process.pid) throw gone(`this command itself (pid ${pid})`)
  return seen
}

interface Look {
  watched: WatchedProcess | null
  /** Why its folder could not be looked into. */
  refusal: Unanswered | null
}

function look(seen: OtherProcess, user: number): Look {
  let refusal: Unanswered | null = null
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
      refusal ??= new Unanswered(
        'LEAKWATCH_FOLDER_REFUSED',
        `expected \`${path}\` to be a folder of this user that nobody else may enter; got ${error.message}`,
        'its folder is not its own',
      )
    }
  }
  return { watched: null, refusal }
}

/** Removes what ended processes have left in the folders where this process would look. */
export function clearUp(): void {
  for (const path of folderPaths(environmentOf('self'), userId())) {
    try {
      const folder = enterFolder(path)
      if (folder === null) continue
      sweep(folder, Date.now())
      folder.close()
    } catch {
      // another's folder is not ours to clear
    }
  }
}

function isNode({ program }: OtherProcess): boolean {
  return program === null || /^(?:node|nodejs)(?:\W|\d|$)/.test(program)
}

function unwatched(seen: OtherProcess): Unanswered {
  const { pid, program } = seen
  return new Unanswered(
    'LEAKWATCH_PROCESS_UNWATCHED',
    `expected a process that leakwatch watches; got ${isNode(seen) ? whyUnwatched(pid) : `\`${program}\`, which is not Node.js (pid ${pid})`}`,
    'not watched',
  )
}

function whyUnwatched(pid: number): string {
  if (isOff(environmentOf(pid))) return `one in which it is off (pid ${pid}, \`LEAKWATCH=off\`)`
  if (/\bleakwatch\b/.test(commandOf(pid))) {
    return `one that was started with it and has not told so: blocked since its start, or without a place for temporary files (pid ${pid})`
  }
  return `one that is not (pid ${pid}). Start it with \`node --import leakwatch\``
}

/** Whether it was told to load something first, and leakwatch is not off. */
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

function foreign(pid: number, whose: string, user: number): Unanswered {
  return new Unanswered(
    'LEAKWATCH_PROCESS_FOREIGN',
    `expected a process of this user (uid ${user}); got one ${whose} (pid ${pid}). Ask as that user`,
    'of another user',
  )
}
