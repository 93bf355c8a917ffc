/** Where the processes of a tree leave their records: a file without a name, or what comes nearest to that. */
import { closeSync, constants, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { heads, identityOf, type Place } from '../../tree/place.ts'
import { recordsIn, type TreeRecord } from '../../tree/records.ts'
import { Misuse } from '../misuse.ts'

export interface Gathering {
  place: Place
  /** What has come so far. */
  records: readonly TreeRecord[]
  /** Lines that are no records: their processes were killed while they wrote. */
  damaged: number
  /** Takes in what has come since. */
  read(): void
  /** Whether a process that is signalled now is to answer here. */
  ask(isAsking: boolean): void
  /** Leaves nothing behind. */
  close(): void
}

/** Linux's own: a file that never had a name. On file systems without it the name goes as soon as the file is open. */
const nameless = constants.O_DIRECTORY === undefined ? 0 : 0o20000000 | constants.O_DIRECTORY
const chunkBytes = 1 << 20

/** `isUpdating`: the leaks of test suites are to be known from now on. @throws Misuse where no file can be made. */
export function openGathering(
  isUpdating: boolean = false,
  hasProc: boolean = existsSync('/proc/self/fd'),
): Gathering {
  const { fd, path, remove } = openFile(hasProc)
  const head = isUpdating ? heads.updating : heads.watching
  writeSync(fd, head, 0)
  const place = { identity: identityOf(fd), mark: ownMark(), path }
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  let isOpen = true
  const gathering: Gathering & { records: TreeRecord[] } = {
    place,
    records: [],
    damaged: 0,
    read() {
      const chunks = [rest]
      for (;;) {
        const chunk = Buffer.alloc(chunkBytes)
        const length = readSync(fd, chunk, 0, chunkBytes, offset)
        if (length === 0) break
        offset += length
        chunks.push(chunk.subarray(0, length))
      }
      const bytes = Buffer.concat(chunks)
      // Somebody may be writing the last line.
      const end = bytes.lastIndexOf(10) + 1
      rest = bytes.subarray(end)
      const { records, damaged } = recordsIn(bytes.subarray(0, end).toString())
      gathering.records.push(...records)
      gathering.damaged += damaged
    },
    ask(isAsking) {
      writeSync(fd, isAsking ? heads.asking : head, 0)
    },
    close() {
      if (!isOpen) return
      isOpen = false
      closeSync(fd)
      remove()
    },
  }
  return gathering
}

/** Of no other `run` on this machine. */
function ownMark(): string {
  return `${process.pid.toString(36)}x${process.hrtime.bigint().toString(36)}`
}

interface OpenFile {
  fd: number
  path: string
  remove(): void
}

function openFile(hasProc: boolean): OpenFile {
  try {
    if (!hasProc) return openInFolder(tmpdir())
    const fd = openNameless()
    return { fd, path: `/proc/${process.pid}/fd/${fd}`, remove: () => {} }
  } catch (error) {
    throw new Misuse(
      'LEAKWATCH_RUN_UNWRITABLE',
      `expected a folder for temporary files that can be written; got ${(error as NodeJS.ErrnoException).code} at \`${tmpdir()}\``,
    )
  }
}

/** In memory where the file system is read-only, as that of many containers. */
const memory = '/dev/shm'

function openNameless(): number {
  const folders = [tmpdir(), memory]
  for (const folder of folders) {
    try {
      return openSync(folder, constants.O_RDWR | nameless, 0o600)
    } catch {
      // not every file system has files without a name
    }
  }
  const { fd, remove } = openInFolder(tmpdir())
  remove()
  return fd
}

/** Only the user's own processes may look in. */
function openInFolder(parent: string): OpenFile {
  const folder = mkdtempSync(join(parent, 'leakwatch-run-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'records')
    return { fd: openSync(path, 'wx+', 0o600), path, remove }
  } catch (error) {
    remove()
    throw error
  }
}
