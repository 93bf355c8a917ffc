/**
 * The folder in which the watched processes of one user tell of themselves, and are asked: nobody else may enter it. Nothing in
 * it is trusted: no link is followed, and what is no plain file of this user is not read.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'

export interface Folder {
  readonly path: string
  /** The path of a file in this very folder, whatever may lie at `path` by now. */
  at(name: string): string
  names(): string[]
  /** The text of a file; `null` where there is none, or none of this user, or it is longer than `limit`. */
  read(name: string, limit: number): string | null
  close(): void
}

export type Environment = Readonly<Record<string, string | undefined>>

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** Where it may be, for processes with this environment; the first that can be used is. */
export function folderPaths(env: Environment, uid: number): string[] {
  const runtime = env.XDG_RUNTIME_DIR ?? ''
  const temporary = [env.TMPDIR, env.TMP, env.TEMP, '/tmp'].filter((path) => path?.startsWith('/'))
  return [
    ...(runtime.startsWith('/') ? [join(runtime, 'leakwatch')] : []),
    join(temporary[0] as string, `leakwatch-${uid}`),
  ]
}

/** A folder that others may have a hand in; its message ends `expected …; got …`. */
export class FolderRefused extends Error {}

/**
 * `null` where there is none.
 * @throws FolderRefused where it is not this user's alone.
 */
export function enterFolder(path: string): Folder | null {
  const fd = openFolder(path)
  if (fd === null) return null
  try {
    const { uid, mode } = fstatSync(fd)
    if (uid !== process.geteuid?.()) throw new FolderRefused(`one of uid ${uid}`)
    if ((mode & 0o077) !== 0) throw new FolderRefused(`one with mode 0${(mode & 0o777).toString(8)}`)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  const inside = process.platform === 'linux' ? `/proc/self/fd/${fd}` : path
  const at = (name: string) => `${inside}/${name}`
  return {
    path,
    at,
    names: () => readdirSync(`${inside}/`),
    read: (name, limit) => readOwn(at(name), limit),
    close: () => closeSync(fd),
  }
}

/** What `body` gives for the folder; `null` where there is none. */
export function inFolder<T>(path: string, body: (folder: Folder) => T): T | null {
  const folder = enterFolder(path)
  try {
    return folder === null ? null : body(folder)
  } finally {
    folder?.close()
  }
}

function openFolder(path: string): number | null {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    if (code !== 'ELOOP' && code !== 'ENOTDIR') throw new FolderRefused(`${code}`)
    throw new FolderRefused(isLink(path) ? 'a symbolic link' : 'something else')
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

function readOwn(path: string, limit: number): string | null {
  const fd = openOwn(path, O_RDONLY)
  if (fd === null) return null
  try {
    return fstatSync(fd).size <= limit ? readFileSync(fd, 'utf8') : null
  } finally {
    closeSync(fd)
  }
}

/** A plain file of this user, under no other name; a pipe in its place holds nobody up. */
export function openOwn(path: string, flags: number): number | null {
  let fd: number
  try {
    fd = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return null
  }
  const stat = fstatSync(fd)
  if (stat.isFile() && stat.nlink === 1 && stat.uid === process.geteuid?.()) return fd
  closeSync(fd)
  return null
}

/** Whether it was there. */
export function remove(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch {
    return false
  }
}

/** Only where it is empty. */
export function removeFolder(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // others are in it, or it has gone
  }
}
