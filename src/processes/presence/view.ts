/**
 * Tells whoever looks on what runs, again and again, with one signal in all: `leakwatch top`. The one who looks makes a file, and empties
 * it each time he has read it; this process fills it when it finds it empty. Once the file is gone, or nobody reads any more, nothing is
 * left of it: no timer, no file.
 */
import { closeSync, constants, fstatSync } from 'node:fs'
import { isHeldByLostTimer } from '../../core/handles/lost-timers.ts'
import { recordFault } from '../../core/self/faults.ts'
import { later, now } from '../../core/time/clock.ts'
import { writeAll } from '../../report/output/write.ts'
import { failureText } from './answer.ts'
import { inFolder, openOwnFile, remove } from './folder.ts'

export interface Viewed {
  /** The folder of the file, and its name. */
  path: string
  file: string
  /** What runs. */
  text(): Promise<string>
  /** Called once nobody looks any more. */
  over(): void
}

const lookEveryMs = 250
/** Longer than anybody lets an answer lie who still looks. */
const patienceMs = 60_000

export function show(viewed: Viewed): void {
  let readAt = now()
  let looks = 0
  const look = async (): Promise<void> => {
    try {
      if (await isWatched()) later(lookEveryMs, () => void look())
      else viewed.over()
    } catch (error) {
      recordFault('telling what runs', error)
      viewed.over()
    }
  }
  const isWatched = async (): Promise<boolean> => {
    looks += 1
    // The more seldom the longer it goes on: it looks at all that is alive.
    if (Number.isInteger(Math.log2(looks)) && isHeldByLostTimer()) return false
    const size = sizeOf(viewed)
    if (size === null) return false
    if (size === 0) {
      readAt = now()
      return await fill(viewed)
    }
    if (now() - readAt < patienceMs) return true
    inFolder(viewed.path, (folder) => remove(folder.at(viewed.file)))
    return false
  }
  void look()
}

/** Gives whether more may be asked. */
async function fill(viewed: Viewed): Promise<boolean> {
  try {
    return write(viewed, await viewed.text())
  } catch (error) {
    recordFault('telling what runs', error)
    write(viewed, failureText(error))
    return false
  }
}

/** The answer that has not been read yet; `null`: the file is gone. */
function sizeOf(viewed: Viewed): number | null {
  return withFile(viewed, (fd) => fstatSync(fd).size)
}

/** Whoever reads waits for the end of the line. What cannot be written whole is taken back. */
function write(viewed: Viewed, text: string): boolean {
  const isWhole = withFile(viewed, (fd) => writeAll(fd, text))
  if (isWhole === false) inFolder(viewed.path, (folder) => remove(folder.at(viewed.file)))
  return isWhole === true
}

function withFile<T>({ path, file }: Viewed, body: (fd: number) => T): T | null {
  const fd = inFolder(path, (folder) => openOwnFile(folder.at(file), constants.O_WRONLY))
  if (fd === null) return null
  try {
    return body(fd)
  } finally {
    closeSync(fd)
  }
}
