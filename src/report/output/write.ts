/** Writes to a file descriptor without a stream. All is written when it returns, so that the process may end right after. */
import { Buffer } from 'node:buffer'
import { appendFileSync, writeSync } from 'node:fs'
import { program } from '../../settings/program.ts'

const pauseMs = 5
/** How long a full pipe that nobody reads may block the program. */
const patienceMs = 10_000

let sleeper: Int32Array | null = null

/** To where the program's stderr goes: a process manager may have put a file in its place. */
export function writeError(text: string): void {
  const { errorLog } = program()
  if (errorLog === null || !isAppended(errorLog, text)) writeAll(2, text)
}

function isAppended(file: string, text: string): boolean {
  try {
    appendFileSync(file, text)
    return true
  } catch {
    // there is no such folder, or it may not be written
    return false
  }
}

/** Gives whether all of it was written. It is no error if the reader is gone or the descriptor is closed: nobody wants the text. */
export function writeAll(fd: number, text: string): boolean {
  return attemptWrite(fd, text) === null
}

/** Writes the text. Gives the code of the error that stopped it, or `null`. */
export function attemptWrite(fd: number, text: string): string | null {
  const bytes = Buffer.from(text)
  let offset = 0
  let waitedMs = 0
  while (offset < bytes.length) {
    try {
      offset += writeSync(fd, bytes, offset)
      waitedMs = 0
    } catch (error) {
      const { code = 'nothing' } = error as NodeJS.ErrnoException
      if (code === 'EINTR') continue
      if (code !== 'EAGAIN' || waitedMs >= patienceMs) return code
      sleep(pauseMs)
      waitedMs += pauseMs
    }
  }
  return null
}

function sleep(ms: number): void {
  sleeper ??= new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(sleeper, 0, 0, ms)
}
