/** Reads the file by which a watched process can be found. Its content is not trusted. */
import { constants } from 'node:os'
import { type Entry, entrySuffix } from './entry.ts'
import type { Folder } from './folder.ts'

export interface Found {
  /** The beginning of the names of all files of this process. */
  base: string
  entry: Entry
}

const limit = 65_536

/** `null` if there is no valid entry. `isStart`: whether the process started at that time. */
export function findEntry(folder: Folder, pid: number, isStart: (start: string) => boolean): Found | null {
  for (const name of folder.names()) {
    const [, start] = name.startsWith(`${pid}-`) ? (/-(\d+)\.\d+\.process$/.exec(name) ?? []) : []
    if (start === undefined || !isStart(start)) continue
    const entry = parsed(folder.read(name, limit))
    if (entry?.pid === pid) return { base: name.slice(0, -entrySuffix.length), entry }
  }
  return null
}

function parsed(text: string | null): Entry | null {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Record<keyof Entry, unknown>> | null
    const makesSense =
      value?.schema === 'leakwatch-process/1' &&
      typeof value.pid === 'number' &&
      typeof value.node === 'string' &&
      isTextOrNull(value.service) &&
      isTextOrNull(value.main) &&
      isSignalOrNull(value.signal)
    return makesSense ? (value as Entry) : null
  } catch {
    return null
  }
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

/** No process can listen to SIGKILL and SIGSTOP. */
function isSignalOrNull(value: unknown): boolean {
  if (value === null) return true
  return (
    typeof value === 'string' && Object.hasOwn(constants.signals, value) && !/^SIG(KILL|STOP)$/.test(value)
  )
}
