/** What a watched process tells of itself, read by others: it may be anything. */
import { constants } from 'node:os'
import { type Entry, entrySuffix } from './entry.ts'
import type { Folder } from './folder.ts'

export interface Found {
  /** All files of this process begin with it. */
  base: string
  entry: Entry
}

const limit = 65_536

/** `null` where there is none that makes sense. `starts`: when the process started, where that is known exactly. */
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

/** Nobody can listen to those two. */
function isSignalOrNull(value: unknown): boolean {
  if (value === null) return true
  return (
    typeof value === 'string' && Object.hasOwn(constants.signals, value) && !/^SIG(KILL|STOP)$/.test(value)
  )
}
