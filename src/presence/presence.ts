/**
 * The watched side: the process tells where it can be found, is asked there, and takes back what it told when it ends. Loaded only
 * into processes that live for a while.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { later, origin } from '../core/clock.ts'
import { attempt } from '../core/faults.ts'
import type { Steps } from '../core/steps.ts'
import type { Report } from '../report/report.ts'
import { type Entry, entryBase, entryFile, requestOf, sweepEnded } from './entry.ts'
import { enterFolder, type Folder, folderPaths, inFolder, remove, removeFolder } from './folder.ts'
import { environmentOf, pidNamespace, processStat } from './process-stat.ts'
import { type Requests, requestsTo } from './requests.ts'

export interface Presence extends Pick<Requests, 'claim'> {
  answering(requests: readonly string[], report: Report): Steps<void>
  /** There is no report for them. */
  fail(requests: readonly string[], error: unknown): void
  /** What was told is taken back. Never throws. */
  end(): void
}

/** Folders for temporary files are cleared of what nobody has touched for days. */
const renewMs = 3_600_000

/** Where no folder can be used nobody is told: a process is watched without that. */
export function announce(facts: Pick<Entry, 'signal' | 'service'>): Presence {
  const start = processStat('self')?.start ?? String(Math.round(origin / 1000))
  const base = entryBase(process.pid, start, pidNamespace())
  const entry: Entry = {
    schema: 'leakwatch-process/1',
    pid: process.pid,
    signal: facts.signal,
    service: facts.service,
    main: process.argv[1] ?? null,
    node: process.version,
  }
  const paths = folderPaths(environmentOf('self'), process.geteuid?.() ?? 0)
  let path: string | null = null
  let undoRenewal = (): void => {}
  const renew = () => {
    path = paths.find((each) => isWritten(each, entryFile(base), `${JSON.stringify(entry)}\n`)) ?? null
    undoRenewal = later(renewMs, renew)
  }
  renew()
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
        for (const request of asked) requests.settled(request)
      }
    },
    fail(asked, error) {
      const { answerFailure } = require('./answer.js') as typeof import('./answer.ts')
      if (path !== null) answerFailure(path, asked, error)
    },
    end() {
      undoRenewal()
      if (path === null) return
      attempt('taking back where this process was', () => here((folder) => takeBack(folder, base)))
      removeFolder(path)
      path = null
    },
  }
}

function isWritten(path: string, name: string, text: string): boolean {
  let folder: Folder | null = null
  try {
    folder = makeFolder(path)
    writeWhole(folder, name, text)
  } catch {
    return false
  } finally {
    folder?.close()
  }
  attempt('clearing up after processes that have ended', () => inFolder(path, sweepEnded))
  return true
}

/** An answer stays for who waits for it. */
function takeBack(folder: Folder, base: string): void {
  for (const name of folder.names()) {
    if (name === entryFile(base) || (requestOf(base, name) ?? name) !== name) remove(folder.at(name))
  }
}

/** Another process may remove the folder while nobody is in it. */
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

function writeWhole(folder: Folder, name: string, text: string): void {
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
