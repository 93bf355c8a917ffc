/**
 * The watched side: the process says where it can be found, is asked there, and removes its files when it ends. Only processes
 * that live for a while load this.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { isHeldByLostTimer } from '../../core/handles/lost-timers.ts'
import { attempt } from '../../core/self/faults.ts'
import { later, origin } from '../../core/time/clock.ts'
import type { Steps } from '../../core/time/steps.ts'
import type { Report } from '../../report/schema/report.ts'
import { type Entry, entryBase, entryFile, removeEnded, requestOf } from './entry.ts'
import { enterFolder, type Folder, folderPaths, inFolder, remove, removeFolder } from './folder.ts'
import { environmentOf, pidNamespace, processStat } from './process-stat.ts'
import { type Requests, requestsTo } from './requests.ts'

export interface Presence extends Pick<Requests, 'claim'> {
  answering(requests: readonly string[], report: Report): Steps<void>
  /** Tells what runs for as long as somebody looks on, then calls `over`. */
  show(view: string, text: () => Promise<string>, over: () => void): void
  /** Answers requests for which there is no report. */
  fail(requests: readonly string[], error: unknown): void
  /** Removes the files of this process. Never throws. */
  end(): void
}

/** Systems remove temporary files that nobody has touched for days. */
const renewMs = 3_600_000
const firstLookMs = 1000

/** Without a usable folder the process is watched all the same, but cannot be asked. */
export function announce(facts: Pick<Entry, 'signal' | 'service' | 'main'>): Presence {
  const start = processStat('self')?.start ?? String(Math.round(origin / 1000))
  const base = entryBase(process.pid, start, pidNamespace())
  const entry: Entry = {
    schema: 'leakwatch-process/1',
    pid: process.pid,
    signal: facts.signal,
    service: facts.service,
    main: facts.main,
    node: process.version,
  }
  const paths = folderPaths(environmentOf('self'), process.geteuid?.() ?? 0)
  let path: string | null = null
  let undoRenewal = (): void => {}
  const renewAfter = (pauseMs: number) => {
    undoRenewal = later(pauseMs, () => {
      if (isHeldByLostTimer()) return
      if (pauseMs === renewMs) renew()
      renewAfter(Math.min(2 * pauseMs, renewMs))
    })
  }
  const renew = () => {
    path = paths.find((each) => writeEntry(each, entryFile(base), `${JSON.stringify(entry)}\n`)) ?? null
  }
  renew()
  // Seldom, and the more often the younger it is: a process that should end does so after twice its time at the latest.
  renewAfter(firstLookMs)
  const here = <T>(body: (folder: Folder) => T): T | null => (path === null ? null : inFolder(path, body))
  const requests = requestsTo(
    base,
    () => here((folder) => folder.names()) ?? [],
    (name) => here((folder) => remove(folder.at(name))),
  )
  return {
    claim: requests.claim,
    *answering(asked, report) {
      try {
        const { answering } = require('./answer.js') as typeof import('./answer.ts')
        if (path !== null) yield* answering(path, asked, report)
      } finally {
        for (const request of asked) requests.finished(request)
      }
    },
    show(view, text, over) {
      if (path === null) return over()
      const { show } = require('./view.js') as typeof import('./view.ts')
      const end = () => {
        requests.finished(view)
        over()
      }
      show({ path, file: view, text, over: end })
    },
    fail(asked, error) {
      const { answerFailure } = require('./answer.js') as typeof import('./answer.ts')
      if (path !== null) answerFailure(path, asked, error)
    },
    end() {
      undoRenewal()
      if (path === null) return
      attempt('removing the files by which this process could be found', () =>
        here((folder) => removeOwnFiles(folder, base)),
      )
      removeFolder(path)
      path = null
    },
  }
}

function writeEntry(path: string, name: string, text: string): boolean {
  let folder: Folder | null = null
  try {
    folder = makeFolder(path)
    writeAtomically(folder, name, text)
  } catch {
    return false
  } finally {
    folder?.close()
  }
  attempt('removing the files of processes that have ended', () => inFolder(path, removeEnded))
  return true
}

/** Answers stay: somebody waits for them. */
function removeOwnFiles(folder: Folder, base: string): void {
  for (const name of folder.names()) {
    if (name === entryFile(base) || (requestOf(base, name) ?? name) !== name) remove(folder.at(name))
  }
}

/** Tries again: another process may remove the folder while it is empty. */
function makeFolder(path: string): Folder {
  for (let left = 3; ; left -= 1) {
    try {
      mkdirSync(path, 0o700)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const folder = enterFolder(path)
    if (folder !== null) return folder
    if (left === 0) throw new Error('it is removed again and again')
  }
}

function writeAtomically(folder: Folder, name: string, text: string): void {
  const draft = folder.at(`${name}.draft`)
  remove(draft)
  const fd = openSync(draft, 'wx', 0o600)
  try {
    writeSync(fd, text)
  } finally {
    closeSync(fd)
  }
  renameSync(draft, folder.at(name))
}
