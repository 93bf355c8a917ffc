/**
 * The file in which the processes of a tree leave their records for `leakwatch run`, and how they find it. On Linux it has no
 * name: processes open it through the descriptor of `run`, and it is gone when `run` ends, however that happens.
 */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'

export interface RecordFile {
  /** `device:inode`. Pids are reused: nobody may write to a file of another process. */
  identity: string
  /** Unique to this `run`. Inodes are reused too, while processes of another `run` are still there. */
  mark: string
  path: string
}

/** The first line of the file: what `run` wants of its processes. All have one length, so that one can overwrite another. */
export const fileHeads = {
  watching: '{"head":"watching"}\n',
  /** The leaks of test suites become known, and fail nothing. */
  updating: '{"head":"updating"}\n',
  asking: '{"head":"asking"}  \n',
} as const
const headLength = fileHeads.watching.length

/** The nearest `run` comes first. The runs around it follow, for the time when it is gone. */
export function recordFilesText(files: readonly RecordFile[]): string {
  return files.map(({ identity, mark, path }) => `${identity}:${mark}:${encodeURI(path)}`).join(' ')
}

/** Leaves out what makes no sense. */
export function recordFilesIn(text: string): RecordFile[] {
  return text.split(' ').flatMap((each) => {
    const [, identity = '', mark = '', path] = /^(\d+:\d+):(\w+):(\/.+|[A-Z]:.+)$/.exec(each) ?? []
    return path === undefined ? [] : [{ identity, mark, path: decodedPath(path) }]
  })
}

function decodedPath(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** Writes the record in one call, as others write to the same file at the same time. Gives whether it was written. */
export function appendRecord(files: readonly RecordFile[], record: string): boolean {
  const bytes = Buffer.from(record)
  return files.some((file) => withFile(file, (fd) => writeSync(fd, bytes) === bytes.length) === true)
}

/** Whether the nearest `run` that still exists waits for a report. */
export function isReportRequested(files: readonly RecordFile[]): boolean {
  return headIn(files) === fileHeads.asking
}

/** Whether that `run` takes all leaks of tests as known. */
export function isUpdating(files: readonly RecordFile[]): boolean {
  return headIn(files) === fileHeads.updating
}

function headIn(files: readonly RecordFile[]): string | null {
  for (const file of files) {
    const head = withFile(file, (fd) => {
      const bytes = Buffer.alloc(headLength)
      readSync(fd, bytes, 0, headLength, 0)
      return bytes.toString()
    })
    if (head !== null) return head
  }
  return null
}

/** `null` if the file is gone or may not be opened. It is closed each time: the program would see an open descriptor. */
function withFile<T>({ identity, path }: RecordFile, use: (fd: number) => T): T | null {
  let fd: number | null = null
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_APPEND | (constants.O_NONBLOCK ?? 0))
    return identityOf(fd) === identity ? use(fd) : null
  } catch {
    return null
  } finally {
    if (fd !== null) closeSync(fd)
  }
}

export function identityOf(fd: number): string {
  const { dev, ino } = fstatSync(fd, { bigint: true })
  return `${dev}:${ino}`
}
