/**
 * Writes what a process has learned, once its last report is made. Each file is written beside the old one and put in its place, so
 * that there is a whole one at any time; what others wrote meanwhile stays in it.
 */
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { isThisUsers, largestFile, sealed } from './cache-file.ts'
import {
  type CodeIndex,
  codeFileName,
  hashOfCode,
  isCodeKept,
  type KeptCode,
  type KeptFile,
  noteCodeKept,
  type OwnScript,
  readKeptCode,
  scripts,
  secondsHere,
  used,
} from './own-code.ts'
import { type CachePlace, cachePlaces } from './places.ts'
import {
  compareKeys,
  editsAt,
  type LearnedRead,
  learned,
  nothing,
  type Reads,
  readReads,
  readsFile,
  rowSize,
  today,
} from './what-was-read.ts'

const rowsLimit = 20_000
/** Twice what is left where all is built anew. */
const editsLimit = 8_000_000
const daysKept = 30
const codeFilesKept = 8
const day = 86_400_000
/** Whoever writes is done or dead by then. */
const draftKeptMs = 3_600_000
/** V8 forgets code that was not run for some time: what is left then is less than what was loaded. */
const codeIsWholeSeconds = 600

/** May throw: there is no cache then. */
export function keep(): void {
  const folder = preparedFolder()
  if (folder === null) return
  const reads = readReads()
  const isFirst = reads === null
  if (isFirst || learned.length > 0) write(folder, readsFile, mergedReads(reads, learned.splice(0)))
  // That takes four times as long: it is worth it once a second process has come, and a container may have but one.
  if (isFirst || isCodeKept()) return
  const file = codeFileName()
  const code = file === null || secondsHere() > codeIsWholeSeconds ? null : newCode(readKeptCode())
  noteCodeKept()
  if (file !== null && code !== null && write(folder, file, code.body, code.indexBytes)) removeOld(folder)
}

/** The first place that is a folder of this user, or can be made one; `null`: none. */
function preparedFolder(): string | null {
  for (const place of cachePlaces()) {
    try {
      if (isOwnFolder(place.folder) || makePlace(place)) return place.folder
    } catch {
      // the next one
    }
  }
  return null
}

function makePlace({ folder, within }: CachePlace): boolean {
  // What another user's folder has in it, that user may want to remove.
  if (within !== null && !isOwnFolder(within)) return false
  makeFolder(folder)
  return isOwnFolder(folder)
}

function isOwnFolder(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false })
  const user = process.geteuid?.()
  return stat?.isDirectory() === true && (user === undefined || user === stat.uid)
}

/** Folder by folder: `mkdirSync` with `recursive` does not return under `/proc` (Node 20.20 and 24.21). */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, 0o700)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    makeFolder(dirname(folder))
    mkdirSync(folder, 0o700)
  }
}

/** Gives whether it is there now. `length`: how much of it its hash is of. */
function write(folder: string, name: string, body: Buffer, length: number = body.length): boolean {
  const whole = body.length > largestFile - 100 ? null : sealed(body, length)
  if (whole === null) return false
  const file = join(folder, name)
  const draft = `${file}.${process.pid}-${process.hrtime.bigint().toString(36)}.tmp`
  try {
    const fd = openSync(draft, 'wx', 0o600)
    try {
      for (let at = 0; at < whole.length; ) at += writeSync(fd, whole, at)
    } finally {
      closeSync(fd)
    }
    renameSync(draft, file)
    return true
  } catch {
    remove(draft)
    return false
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // it is not there
  }
}

interface Row {
  key: Uint32Array
  day: number
  edits: string | null
}

/** Those of the table, and those that are new. What was not used for a month goes, and the oldest where there are too many. */
export function mergedReads(reads: Reads | null, fresh: readonly LearnedRead[]): Buffer {
  const isRoom =
    reads !== null &&
    reads.rows.length / rowSize + fresh.length <= rowsLimit &&
    reads.edits.length + editsLength(fresh) <= editsLimit / 2
  return isRoom ? insertedInto(reads, fresh) : builtAnew(reads, fresh)
}

function editsLength(fresh: readonly LearnedRead[]): number {
  return fresh.reduce((sum, { edits }) => sum + 4 + (edits?.length ?? 0), 0)
}

/** Copies rows as they are: a process that ends has no time for more. What belonged to rows that are gone stays till all is built anew. */
function insertedInto({ rows, edits }: Reads, fresh: readonly LearnedRead[]): Buffer {
  const now = today()
  const table = new Uint32Array(1 + rows.length + fresh.length * rowSize)
  let end = 1
  let from = 0
  const texts = [edits]
  let offset = edits.length
  for (const { key, edits: text } of sortedByKey(fresh)) {
    for (; from < rows.length && compareKeys(rows, from, key) < 0; from += rowSize) end = copyRow(from, end)
    // It is learned anew.
    if (from < rows.length && compareKeys(rows, from, key) === 0) from += rowSize
    // By two who have read the same text.
    if (end > 1 && compareKeys(table, end - rowSize, key) === 0) continue
    table.set([...key, text === null ? nothing : offset, now], end)
    end += rowSize
    if (text === null) continue
    const written = withLength(text)
    texts.push(written)
    offset += written.length
  }
  for (; from < rows.length; from += rowSize) end = copyRow(from, end)
  table[0] = (end - 1) / rowSize
  return Buffer.concat([Buffer.from(table.buffer, 0, end * 4), ...texts])

  function copyRow(row: number, to: number): number {
    if (now - (rows[row + 5] as number) >= daysKept) return to
    for (let index = 0; index < rowSize; index += 1) table[to + index] = rows[row + index] as number
    return to + rowSize
  }
}

function sortedByKey<T extends { key: Uint32Array }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => compareKeys(a.key, 0, b.key))
}

function withLength(json: string): Buffer {
  const written = Buffer.alloc(4 + Buffer.byteLength(json))
  written.writeUInt32LE(written.length - 4)
  written.write(json, 4)
  return written
}

function builtAnew(reads: Reads | null, fresh: readonly LearnedRead[]): Buffer {
  const now = today()
  const rows = new Map<string, Row>()
  for (const row of reads === null ? [] : rowsOf(reads)) {
    if (now - row.day < daysKept) rows.set(row.key.join(), row)
  }
  for (const { key, edits } of fresh) rows.set(key.join(), { key, edits, day: now })
  let bytes = 0
  const newest = [...rows.values()].sort((a, b) => b.day - a.day).slice(0, rowsLimit)
  const kept = newest.filter(({ edits }) => {
    bytes += edits?.length ?? 0
    return bytes < editsLimit / 2
  })
  return written(kept)
}

function* rowsOf(reads: Reads): Generator<Row> {
  const { rows } = reads
  for (let at = 0; at < rows.length; at += rowSize) {
    const edits = editsAt(reads, rows[at + 4] as number)
    yield { key: rows.subarray(at, at + 4), edits, day: rows[at + 5] as number }
  }
}

function written(rows: readonly Row[]): Buffer {
  const table = new Uint32Array(1 + rows.length * rowSize)
  table[0] = rows.length
  const texts: Buffer[] = []
  let offset = 0
  for (const [index, { key, edits, day }] of sortedByKey(rows).entries()) {
    table.set([...key, edits === null ? nothing : offset, day], 1 + index * rowSize)
    if (edits === null) continue
    const text = withLength(edits)
    texts.push(text)
    offset += text.length
  }
  return Buffer.concat([Buffer.from(table.buffer), ...texts])
}

/** What this process has compiled, beside what others keep; `null`: others have kept as much meanwhile. */
function newCode(onDisk: KeptCode | null): { body: Buffer; indexBytes: number } | null {
  const isKeptNow = ({ file, text, isKept }: OwnScript) => isKept || isCodeOf(text, onDisk?.files.get(file))
  const isEnough =
    onDisk !== null && scripts.every(isKeptNow) && [...used].every((each) => onDisk.used.has(each))
  if (isEnough && !scripts.some(({ script }) => script.cachedDataRejected === true)) return null
  const files = new Map(onDisk?.files)
  for (const { file, text, script } of scripts) {
    const code = script.createCachedData()
    const known = files.get(file)
    // The longer has more functions in it.
    const isBetter =
      script.cachedDataRejected === true || code.length > (known?.code.length ?? 0) || !isCodeOf(text, known)
    const hash = isBetter ? hashOfCode(text, code) : null
    if (hash !== null) files.set(file, { hash, code })
  }
  const index: CodeIndex = {
    files: [...files].map(([file, { hash, code }]) => [file, hash, code.length]),
    used: [...new Set([...(onDisk?.used ?? []), ...used])],
  }
  const head = Buffer.from(JSON.stringify(index))
  const headLength = Buffer.alloc(4)
  headLength.writeUInt32LE(head.length)
  const codes = [...files.values()].map(({ code }) => code)
  return { body: Buffer.concat([headLength, head, ...codes]), indexBytes: 4 + head.length }
}

function isCodeOf(text: Buffer, kept: KeptFile | undefined): boolean {
  return kept !== undefined && kept.hash === hashOfCode(text, kept.code)
}

/** Drafts of processes that died, and code of Nodes that nobody has used for long. */
function removeOld(folder: string): void {
  const now = Date.now()
  const codes: { file: string; time: number }[] = []
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    const isDraft = /^(?:code-[\da-f]{8}|reads)\.bin\.\d+-\w+\.tmp$/.test(name)
    if (!isDraft && !/^code-[\da-f]{8}\.bin$/.test(name)) continue
    const stat = lstatSync(file, { throwIfNoEntry: false })
    if (stat === undefined || !isThisUsers(stat)) continue
    if (!isDraft) codes.push({ file, time: stat.mtimeMs })
    else if (now - stat.mtimeMs > draftKeptMs) remove(file)
  }
  codes.sort((a, b) => b.time - a.time)
  for (const [index, { file, time }] of codes.entries()) {
    if (index >= codeFilesKept || now - time > daysKept * 2 * day) remove(file)
  }
}
