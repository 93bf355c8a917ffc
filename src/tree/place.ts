/**
 * The file in which the processes of a tree leave their records for `leakwatch run`, and how they find it. It has no name: on
 * Linux it is reached through the descriptor that `run` holds, and is gone with `run` however that ends.
 */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'

export interface Place {
  /** `device:inode`: a pid may come again, and what another process has open must not be written to. */
  identity: string
  /** Of this `run` alone: an inode may come again, too, while processes of another `run` are still there. */
  mark: string
  path: string
}

/** What `run` asks of those who answer its signal, at the head of the file; one length, so that it can be overwritten. */
export const heads = {
  watching: '{"head":"watching"}\n',
  /** The leaks of test suites are to be known from now on: they fail nothing. */
  updating: '{"head":"updating"}\n',
  asking: '{"head":"asking"}  \n',
} as const
const headLength = heads.watching.length

/** The nearest `run` comes first; those around it follow, for when it is gone. */
export function placesText(places: readonly Place[]): string {
  return places.map(({ identity, mark, path }) => `${identity}:${mark}:${encodeURI(path)}`).join(' ')
}

/** What makes no sense is left out. */
export function placesIn(text: string): Place[] {
  return text.split(' ').flatMap((each) => {
    const [, identity = '', mark = '', path] = /^(\d+:\d+):(\w+):(\/.+|[A-Z]:.+)$/.exec(each) ?? []
    return path === undefined ? [] : [{ identity, mark, path: decoded(path) }]
  })
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** The whole record in one write: others write to the same file at the same time. Whether it is there. */
export function append(places: readonly Place[], record: string): boolean {
  const bytes = Buffer.from(record)
  return places.some((place) => withPlace(place, (fd) => writeSync(fd, bytes) === bytes.length) === true)
}

/** Whether the nearest `run` that is still there waits for a report. */
export function isAsked(places: readonly Place[]): boolean {
  return headIn(places) === heads.asking
}

/** Whether it takes the leaks that it is told of for known. */
export function isUpdating(places: readonly Place[]): boolean {
  return headIn(places) === heads.updating
}

function headIn(places: readonly Place[]): string | null {
  for (const place of places) {
    const head = withPlace(place, (fd) => {
      const bytes = Buffer.alloc(headLength)
      readSync(fd, bytes, 0, headLength, 0)
      return bytes.toString()
    })
    if (head !== null) return head
  }
  return null
}

/** `null` where the file is not there any more or may not be opened. Kept open it would be the program's descriptor too. */
function withPlace<T>({ identity, path }: Place, use: (fd: number) => T): T | null {
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
