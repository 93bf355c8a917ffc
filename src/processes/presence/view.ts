/**
 * Tells whoever looks on what runs, again and again, with one signal in all: `leakwatch top`. The one who looks makes a file, and empties
 * it each time he has read it; this process fills it when it finds it empty. Once the file is gone, or nobody reads any more, nothing is
 * left of it: no timer, no file.
 */
import { Buffer } from 'node:buffer'
import { type BigIntStats, closeSync, constants, fstatSync } from 'node:fs'
import { isHeldByLostTimer } from '../../core/handles/lost-timers.ts'
import { attempt, recordFault } from '../../core/self/faults.ts'
import { later, now } from '../../core/time/clock.ts'
import { writeAll } from '../../report/output/write.ts'
import { failureText } from './answer.ts'
import { withdrawnFile } from './entry.ts'
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
  const { path, file } = viewed
  // What is written always begins at the end of the file, also after it was emptied.
  const fd = inFolder(path, (folder) => openOwnFile(folder.at(file), constants.O_WRONLY | constants.O_APPEND))
  if (fd === null) {
    // It may have been taken back since the signal came.
    inFolder(path, (folder) => remove(folder.at(withdrawnFile(file))))
    viewed.over()
    return
  }
  const first = fstatSync(fd, { bigint: true })
  /** Its number may be another file's: the program may close what it has not opened. */
  const isOwn = ({ ino, dev }: BigIntStats) => ino === first.ino && dev === first.dev
  let readAt = now()
  let looks = 0
  let writtenBytes = 0
  /** Gives whether to look again. */
  const isWatched = async (): Promise<boolean> => {
    looks += 1
    // The more seldom the longer it goes on: it looks at all that is alive.
    if (Number.isInteger(Math.log2(looks)) && isHeldByLostTimer()) return false
    const stat = fstatSync(fd, { bigint: true })
    if (!isOwn(stat) || stat.nlink === 0n) return false
    // Whoever takes the request back writes into it: it has another name now.
    if (stat.size > 0n) return stat.size === BigInt(writtenBytes) && now() - readAt < patienceMs
    readAt = now()
    return await fill(viewed, (text) => {
      writtenBytes = Buffer.byteLength(text)
      return isOwn(fstatSync(fd, { bigint: true })) && writeAll(fd, text)
    })
  }
  const end = () => {
    attempt('ending to tell what runs', () => {
      if (isOwn(fstatSync(fd, { bigint: true }))) closeSync(fd)
      inFolder(path, (folder) => remove(folder.at(withdrawnFile(file))))
    })
    viewed.over()
  }
  const look = async (): Promise<void> => {
    try {
      if (await isWatched()) {
        later(lookEveryMs, () => void look())
        return
      }
      // What says why there is nothing stays: it will be read.
      if (now() - readAt >= patienceMs) inFolder(path, (folder) => remove(folder.at(file)))
    } catch (error) {
      recordFault('telling what runs', error)
    }
    end()
  }
  void look()
}

/** Gives whether more may be asked. */
async function fill(viewed: Viewed, write: (text: string) => boolean): Promise<boolean> {
  let text: string
  try {
    text = await viewed.text()
  } catch (error) {
    recordFault('telling what runs', error)
    write(failureText(error))
    return false
  }
  if (write(text)) return true
  // There is no space for it: half an answer is none.
  inFolder(viewed.path, (folder) => remove(folder.at(viewed.file)))
  return false
}
