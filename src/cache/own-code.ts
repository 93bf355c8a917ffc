/**
 * V8's code of leakwatch's own files, kept after a run: what the run has compiled late is in it too. A file of leakwatch's is the same
 * where it has the same bytes. V8 checks that its own version and flags are. A process looks at the code of those files alone that it loads.
 */
import { join } from 'node:path'
import type { Script } from 'node:vm'
import { buildId } from './build-id.ts'
import { readCacheFile } from './cache-file.ts'
import { cachePlaces, nodeOptions } from './places.ts'
import { hashOf } from './text-hash.ts'

/** One of leakwatch's files, as this process has compiled it. */
export interface OwnScript {
  file: string
  text: Buffer
  script: Script
  /** V8 had its code. */
  isKept: boolean
}

/** V8's code of a file, and the hash of the file's text and that. */
export interface KeptFile {
  hash: string
  code: Buffer
}

export interface KeptCode {
  files: ReadonlyMap<string, KeptFile>
  /** What was in use as it was made: modules, and what else tells of functions that were called. */
  used: ReadonlySet<string>
}

/** How a file of code begins: hashes and sizes of what follows, one after another. */
export interface CodeIndex {
  files: readonly (readonly [file: string, hash: string, codeBytes: number])[]
  used: readonly string[]
}

/** As it was, should tests put another in its place. Not `performance`, for which Node loads 11 modules. */
const { hrtime } = process
const loadedAt = hrtime()

/** How long this thread has had leakwatch. */
export function secondsHere(): number {
  return hrtime(loadedAt)[0]
}

export const scripts: OwnScript[] = []
/** What this process has used. */
export const used: Set<string> = new Set()
let kept: KeptCode | null | undefined
let name: string | null | undefined

/** One for each leakwatch, Node and set of flags: V8's code is for these alone, and names the files that it was made of. `null`: no code can be kept. */
export function codeFileName(): string | null {
  if (name === undefined) {
    const { arch, platform, version } = process
    const [tag] = hashOf('code', [buildId, __dirname, version, platform, arch, nodeOptions()].join(' ')) ?? []
    name = tag === undefined ? null : `code-${tag.toString(16).padStart(8, '0')}.bin`
  }
  return name
}

/** V8's code of this file; `undefined`: it has to be compiled. */
export function codeOf(file: string, text: Buffer): Buffer | undefined {
  try {
    if (kept === undefined) kept = readKeptCode()
    const known = kept?.files.get(file)
    return known !== undefined && known.hash === hashOfCode(text, known.code) ? known.code : undefined
  } catch {
    // A program may have taken Node's own to pieces.
    return undefined
  }
}

/** Of a file's text and V8's code of it; `null`: it cannot be had. */
export function hashOfCode(text: Buffer, code: Buffer): string | null {
  const ofText = hashOf('text', text)?.join()
  return ofText === undefined ? null : (hashOf(ofText, code)?.join() ?? null)
}

/** There is nothing of it to be kept that is not kept already. */
export function isCodeKept(): boolean {
  if (cachePlaces().length === 0) return true
  if (scripts.some(({ isKept }) => !isKept)) return false
  for (const each of used) if (kept?.used.has(each) !== true) return false
  return true
}

/** From now on only what comes is new: it was written, or cannot be. */
export function noteCodeKept(): void {
  for (const each of scripts) each.isKept = true
  kept = { files: kept?.files ?? new Map(), used: new Set(used) }
}

export function readKeptCode(): KeptCode | null {
  const places = cachePlaces()
  const file = places.length === 0 ? null : codeFileName()
  if (file === null) return null
  for (const { folder } of places) {
    const body = readCacheFile(join(folder, file), true)
    if (body !== null) return parseCode(body)
  }
  return null
}

/** `null`: it is none of ours. */
export function parseCode(body: Buffer): KeptCode | null {
  try {
    const indexBytes = body.readUInt32LE(0)
    const index = JSON.parse(body.toString('utf8', 4, 4 + indexBytes)) as CodeIndex
    let at = 4 + indexBytes
    const next = (length: number): Buffer => {
      at += length
      return body.subarray(at - length, at)
    }
    const files = new Map(index.files.map(([file, hash, bytes]) => [file, { hash, code: next(bytes) }]))
    return at === body.length ? { files, used: new Set(index.used) } : null
  } catch {
    return null
  }
}
