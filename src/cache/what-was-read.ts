/**
 * What leakwatch has read of the program's files, from one start to the next. A text is the same where each byte of it is: neither times
 * nor names tell, so that a file which was edited twice within a second, or restored with its old time, is another one, and what a
 * compiler has made of a file is a text of its own.
 */
import { join } from 'node:path'
import { buildId } from './build-id.ts'
import { readCacheFile } from './cache-file.ts'
import { cachePlaces } from './places.ts'
import { hashOf } from './text-hash.ts'

export const readsFile = 'reads.bin'

/** A change of a text, in the order of their offsets. */
export interface Edit {
  at: number
  /** In the place of so many characters. */
  cut?: number
  text: string
}

/** What is kept of an edit. */
const written: readonly (keyof Edit)[] = ['at', 'cut', 'text']

/**
 * A table of rows in the order of their keys, each of six numbers: the key, where its edits stand, and the day of its last use. It is looked
 * up where it lies. Then the edits, each list as its length and its JSON.
 */
export interface Reads {
  rows: Uint32Array
  edits: Buffer
}

export const rowSize = 6
/** In place of an offset: nothing is to be changed, as in most texts. */
export const nothing: number = 2 ** 32 - 1
/** Of a row that is in use, the day is written anew once it is so many days old. */
const daysBetweenNotes = 7
const learnedLimit = 20_000

export interface LearnedRead {
  key: Uint32Array
  /** As JSON; `null`: none. */
  edits: string | null
}

/** What this process has learned, or seen in use after a time. */
export const learned: LearnedRead[] = []
let reads: Reads | null | undefined

/** Days since 1970. */
export function today(): number {
  return Math.floor(Date.now() / 86_400_000)
}

/**
 * The edits for `text`, which `file` has: remembered, or what `read` gives. `kind`: texts of another kind are read in another way. What
 * throws is not remembered, nor what gives `null`.
 */
export function remembered<E extends Edit>(
  kind: string,
  file: string,
  text: string,
  read: () => E[] | null,
): E[] {
  const found = keyOf(kind, file, text)
  if (found === null) return read() ?? []
  const known = lookUp(found, text)
  if (known !== null) return known as E[]
  // The next hash overwrites it.
  const key = found.slice()
  const edits = read()
  if (edits === null) return []
  learn(key, edits.length === 0 ? null : JSON.stringify(edits, [...written]))
  return edits
}

/** Whether nothing is to be inserted into the text that has these bytes, as far as is remembered. It is not made for the answer. */
export function isRememberedAsIs(kind: string, file: string, bytes: Uint8Array): boolean {
  // A byte order mark is none of the text.
  const key = bytes[0] === 0xef ? null : keyOf(kind, file, bytes)
  return key !== null && lookUp(key, '')?.length === 0
}

/** `null`: there is no cache. The next hash overwrites it. */
function keyOf(kind: string, file: string, text: string | Uint8Array): Uint32Array | null {
  try {
    if (cachePlaces().length === 0) return null
    if (reads === undefined) reads = readReads()
    return hashOf(`${buildId} ${kind} ${file}`, text)
  } catch {
    // A program may have taken Node's own to pieces.
    return null
  }
}

function learn(key: Uint32Array, edits: string | null): void {
  if (learned.length < learnedLimit) learned.push({ key, edits })
}

function lookUp(key: Uint32Array, text: string): Edit[] | null {
  try {
    return lookedUp(key, text)
  } catch {
    return null
  }
}

function lookedUp(key: Uint32Array, text: string): Edit[] | null {
  if (reads === undefined || reads === null) return null
  const { rows } = reads
  const row = rowOf(rows, key)
  if (row === null) return null
  const json = editsAt(reads, rows[row + 4] as number)
  const edits = json === null ? [] : parseEdits(json, text.length)
  if (edits !== null && today() - (rows[row + 5] as number) >= daysBetweenNotes) learn(key.slice(), json)
  return edits
}

/** The index of its first number; `null`: it is not there. */
export function rowOf(rows: Uint32Array, key: Uint32Array): number | null {
  let low = 0
  let high = rows.length / rowSize
  while (low < high) {
    const middle = (low + high) >> 1
    const order = compareKeys(rows, middle * rowSize, key)
    if (order === 0) return middle * rowSize
    if (order < 0) low = middle + 1
    else high = middle
  }
  return null
}

export function compareKeys(rows: Uint32Array, row: number, key: Uint32Array): number {
  for (let index = 0; index < 4; index += 1) {
    const difference = (rows[row + index] as number) - (key[index] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** As JSON; `null`: nothing is to be changed. Empty where none can stand. */
export function editsAt({ edits }: Reads, offset: number): string | null {
  if (offset === nothing) return null
  if (offset + 4 > edits.length) return ''
  const from = offset + 4
  return edits.toString('utf8', from, from + edits.readUInt32LE(offset))
}

/** `null`: they are no edits of a text of this length. */
function parseEdits(json: string, length: number): Edit[] | null {
  try {
    const edits = JSON.parse(json) as Edit[]
    let from = 0
    const areRight = edits.every(({ at, cut = 0, text }) => {
      const isRight = Number.isInteger(at) && at >= from && cut >= 0 && typeof text === 'string'
      from = at + cut
      return isRight && from <= length
    })
    return areRight ? edits : null
  } catch {
    return null
  }
}

export function readReads(): Reads | null {
  for (const { folder } of cachePlaces()) {
    const body = readCacheFile(join(folder, readsFile))
    if (body !== null) return parseReads(body)
  }
  return null
}

/** `null`: it is none of ours. */
export function parseReads(body: Buffer): Reads | null {
  const rowBytes = body.length < 4 ? 0 : body.readUInt32LE(0) * rowSize * 4
  if (body.length < 4 + rowBytes || (body.byteOffset + 4) % 4 !== 0) return null
  return {
    rows: new Uint32Array(body.buffer, body.byteOffset + 4, rowBytes / 4),
    edits: body.subarray(4 + rowBytes),
  }
}
