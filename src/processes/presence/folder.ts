/**
 * The folder in which the watched processes of one user can be found and asked. Nobody else may enter it. Nothing in it is
 * trusted: leakwatch follows no link, and reads only plain files of this user.
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
  /** The path of a file in this folder, even if `path` leads to another folder by now. */
  at(name: string): string
  names(): string[]
  /** The text of a file; `null` if there is none, if it is not this user's, or if it is longer than `limit`. */
  read(name: string, limit: number): string | null
  close(): void
}

export type Environment = Readonly<Record<string, string | undefined>>

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** Where the folder may be for processes with this environment. They use the first that works. */
export function folderPaths(env: Environment, uid: number): string[] {
  const runtime = env.XDG_RUNTIME_DIR ?? ''
  const temporary = [env.TMPDIR, env.TMP, env.TEMP, '/tmp'].filter((path) => path?.startsWith('/'))
  return [
    ...(runtime.startsWith('/') ? [join(runtime, 'leakwatch')] : []),
    join(temporary[0] as string, `leakwatch-${uid}`),
  ]
}

/** Others may change the folder. The message says what was found instead: `expected …; got <message>`. */
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
    read: (name, limit) => readOwnFile(at(name), limit),
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

function readOwnFile(path: string, limit: number): string | null {
  const fd = openOwnFile(path, O_RDONLY)
  if (fd === null) return null
  try {
    return fstatSync(fd).size <= limit ? readFileSync(fd, 'utf8') : null
  } finally {
    closeSync(fd)
  }
}

/** Opens a plain file of this user that has no second name. A pipe in its place blocks nobody. */
export function openOwnFile(path: string, flags: number): number | null {
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
    // it is in use, or it is gone
  }
}
