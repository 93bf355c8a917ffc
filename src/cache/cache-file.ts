/**
 * A file of the cache, as it is read: whole and this user's, or not at all. V8 does not check its own code for damage, and may end the
 * process by it.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { hashOf } from './text-hash.ts'

/** What is larger is none of ours. */
export const largestFile: number = 10_000_000
/** A hash, the form that this version of leakwatch writes, and how many bytes of the body the hash is of, with these two. */
const hashBytes = 16
const form = 0x6c770002
export const headBytes: number = hashBytes + 8

/**
 * What a file holds after its head; `null`: there is none that can be trusted. Never throws. `isInParts`: the hash is of the first part
 * of the body alone; who uses another part compares the hash of that.
 */
export function readCacheFile(path: string, isInParts = false): Buffer | null {
  try {
    // A file that is not there is no error, which would take longer.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null
    const all = readOwn(path)
    return all !== null && isWhole(all, isInParts) ? all.subarray(headBytes) : null
  } catch {
    return null
  }
}

function readOwn(path: string): Buffer | null {
  const fd = openSync(path, 'r')
  try {
    const stat = fstatSync(fd)
    if (!isThisUsers(stat) || stat.size < headBytes || stat.size > largestFile) return null
    const all = Buffer.allocUnsafeSlow(stat.size)
    let length = 0
    while (length < all.length) {
      const read = readSync(fd, all, length, all.length - length, null)
      if (read === 0) return null
      length += read
    }
    return all
  } finally {
    closeSync(fd)
  }
}

/** Nobody else can have written it. */
export function isThisUsers({ uid, mode }: Stats): boolean {
  const user = process.geteuid?.()
  return user === undefined || (user === uid && (mode & 0o022) === 0)
}

function isWhole(all: Buffer, isInParts: boolean): boolean {
  if (all.readUInt32LE(hashBytes) !== form) return false
  const end = headBytes + all.readUInt32LE(hashBytes + 4)
  if (isInParts ? end > all.length : end !== all.length) return false
  const hash = hashOf('file', all.subarray(hashBytes, end))
  return hash?.every((word, index) => word === all.readUInt32LE(index * 4)) === true
}

/** A body with its head, which has the hash of the first `length` bytes of it; `null`: it cannot be had. */
export function sealed(body: Uint8Array, length: number = body.length): Buffer | null {
  const all = Buffer.alloc(headBytes + body.length)
  all.writeUInt32LE(form, hashBytes)
  all.writeUInt32LE(length, hashBytes + 4)
  all.set(body, headBytes)
  const hash = hashOf('file', all.subarray(hashBytes, headBytes + length))
  if (hash === null) return null
  hash.forEach((word, index) => {
    all.writeUInt32LE(word, index * 4)
  })
  return all
}
