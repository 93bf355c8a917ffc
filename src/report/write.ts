/** Writes to a file descriptor past every stream: whole, and before it returns, so that a process may end right after. */
import { Buffer } from 'node:buffer'
import { writeSync } from 'node:fs'

const pauseMs = 5
/** How long a full pipe that nobody reads may hold the program up. */
const patienceMs = 10_000

let sleeper: Int32Array | null = null

/** Whether all of it was written. A reader that has gone or a closed descriptor is no error: nobody wants it. */
export function writeAll(fd: number, text: string): boolean {
  return writeWhole(fd, text) === null
}

/** The code of what kept it from being written; `null`: nothing. */
export function writeWhole(fd: number, text: string): string | null {
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
