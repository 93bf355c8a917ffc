/** Receives the records of the processes of a tree: in a file without a name, or in what comes nearest to that. */

import { closeSync, constants, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import { fileHeads, identityOf, type RecordFile } from '../../processes/tree/record-file.ts'
import { recordsIn, type TreeRecord } from '../../processes/tree/records.ts'

export interface RecordInbox {
  file: RecordFile
  /** The records that have been read so far. */
  records: readonly TreeRecord[]
  /** How many lines are no records: their processes were killed while they wrote. */
  damaged: number
  /** Reads the records that have come since. */
  read(): void
  /** Sets whether a process that gets a signal now sends its report here. */
  requestReports(isAsking: boolean): void
  /** Leaves no file behind. */
  close(): void
}

/** O_TMPFILE of Linux: a file that never has a name. Where a file system lacks it, the name is removed once the file is open. */
const withoutName = constants.O_DIRECTORY === undefined ? 0 : 0o20000000 | constants.O_DIRECTORY
const chunkBytes = 1 << 20

/** `isUpdating`: the leaks of test suites become known. @throws CodedError if no file can be made. */
export function openInbox(
  isUpdating: boolean = false,
  hasProc: boolean = existsSync('/proc/self/fd'),
): RecordInbox {
  const { fd, path, remove } = openFile(hasProc)
  const head = isUpdating ? fileHeads.updating : fileHeads.watching
  writeSync(fd, head, 0)
  const file = { identity: identityOf(fd), mark: ownMark(), path }
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  let isOpen = true
  const inbox: RecordInbox & { records: TreeRecord[] } = {
    file,
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
      // The last line may not be complete yet.
      const end = bytes.lastIndexOf(10) + 1
      rest = bytes.subarray(end)
      const { records, damaged } = recordsIn(bytes.subarray(0, end).toString())
      inbox.records.push(...records)
      inbox.damaged += damaged
    },
    requestReports(isAsking) {
      writeSync(fd, isAsking ? fileHeads.asking : head, 0)
    },
    close() {
      if (!isOpen) return
      isOpen = false
      closeSync(fd)
      remove()
    },
  }
  return inbox
}

/** No other `run` on this machine has it. */
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
    const fd = openWithoutName()
    return { fd, path: `/proc/${process.pid}/fd/${fd}`, remove: () => {} }
  } catch (error) {
    throw new CodedError(
      errors.LEAKWATCH_RUN_UNWRITABLE(String((error as NodeJS.ErrnoException).code), tmpdir()),
    )
  }
}

/** Memory, for a read-only file system, as many containers have. */
const memoryFolder = '/dev/shm'

function openWithoutName(): number {
  const folders = [tmpdir(), memoryFolder]
  for (const folder of folders) {
    try {
      return openSync(folder, constants.O_RDWR | withoutName, 0o600)
    } catch {
      // not every file system has files without a name
    }
  }
  const { fd, remove } = openInFolder(tmpdir())
  remove()
  return fd
}

/** Only processes of this user may enter the folder. */
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
