/**
 * Stacks in two phases. A capture is raw: cheap, but it keeps every receiver on the stack alive until it is read.
 * Reading turns it into plain frames, which retain nothing. Whatever is captured is read or dropped within
 * `youthMs` (see `ripen`), so that nothing stays raw on an idle process.
 */
import { later } from './clock.ts'
import { recordFault } from './faults.ts'
import { filePath } from './file-path.ts'

/** One place on a stack. `file` is a path, or Node's `node:` name; `null` for native code and `eval`. */
export interface PlainFrame {
  function: string | null
  file: string | null
  line: number | null
  column: number | null
  /** A call with `new`. */
  construct: boolean
}

interface RawHolder {
  stack?: unknown
}

const ownFolder = filePath(new URL('..', import.meta.url).href) ?? ''
const youthMs = 100
const pendingLimit = 512
let pending: CapturedStack[] = []
let cancelRipen: (() => void) | null = null

export const stackCounts: { captured: number; skipped: number } = { captured: 0, skipped: 0 }

/** A stack that was captured and may not have been read yet. */
export class CapturedStack {
  #raw: RawHolder | null
  #frames: readonly PlainFrame[] | null = null
  #cut: FrameCut | null = null

  constructor(raw: RawHolder) {
    this.#raw = raw
  }

  /** The plain frames, innermost first. Reads the capture where that has not happened. */
  get frames(): readonly PlainFrame[] {
    if (this.#raw !== null) {
      const raw = this.#raw
      this.#raw = null
      const frames = readRaw(raw)
      this.#frames = this.#cut === null ? frames : this.#cut(frames)
      this.#cut = null
    }
    return this.#frames ?? []
  }

  /** Has `cut` take off frames that nobody wants to see, once the capture is read; it may have been read at once. */
  trim(cut: FrameCut): void {
    if (this.#raw !== null) this.#cut = cut
    else if (this.#frames !== null) this.#frames = cut(this.#frames)
  }

  /** Forgets an unread capture: its handle or engine has ended young. */
  drop(): void {
    this.#raw = null
    this.#cut = null
  }
}

/** Frames in, those to keep out. Does not throw. */
export type FrameCut = (frames: readonly PlainFrame[]) => readonly PlainFrame[]

/**
 * Captures the stack of the caller of `above`, at most `depth` frames, whatever the program set `Error.stackTraceLimit` to.
 * `null` where the limit cannot be changed or nothing could be captured.
 */
export function captureStack(above: (...args: never[]) => unknown, depth: number): CapturedStack | null {
  const raw: RawHolder = {}
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  if (limit === undefined || limit.writable !== true) {
    if (limit !== undefined && limit.configurable !== true) return captureAsIs(raw, above)
    if (limit === undefined && !Object.isExtensible(Error)) return null
  }
  try {
    if (limit?.writable === true) Error.stackTraceLimit = depth
    else
      Object.defineProperty(Error, 'stackTraceLimit', {
        value: depth,
        configurable: true,
        writable: true,
        enumerable: true,
      })
    Error.captureStackTrace(raw, above)
  } finally {
    if (limit === undefined) Reflect.deleteProperty(Error, 'stackTraceLimit')
    else if (limit.writable === true) Error.stackTraceLimit = limit.value
    else Object.defineProperty(Error, 'stackTraceLimit', limit)
  }
  return remember(raw)
}

function captureAsIs(raw: RawHolder, above: (...args: never[]) => unknown): CapturedStack | null {
  Error.captureStackTrace(raw, above)
  return remember(raw)
}

function remember(raw: RawHolder): CapturedStack {
  stackCounts.captured += 1
  const stack = new CapturedStack(raw)
  pending.push(stack)
  if (pending.length >= pendingLimit) ripen()
  else if (cancelRipen === null) cancelRipen = later(youthMs, ripen)
  return stack
}

/** Reads every capture that is still raw. */
export function ripen(): void {
  cancelRipen?.()
  cancelRipen = null
  const stacks = pending
  pending = []
  for (const stack of stacks) void stack.frames
}

/** Reads a raw capture through `Error.prepareStackTrace`, which is put back as the program had it. */
function readRaw(raw: RawHolder): readonly PlainFrame[] {
  try {
    const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
    if (prepare === undefined ? !Object.isExtensible(Error) : prepare.configurable !== true) {
      return parseStackText(typeof raw.stack === 'string' ? raw.stack : '')
    }
    let frames: PlainFrame[] = []
    Object.defineProperty(Error, 'prepareStackTrace', {
      value: (_error: unknown, callSites: NodeJS.CallSite[]) => {
        frames = callSites.map(plainFrame).filter(isForeign)
        return ''
      },
      configurable: true,
      enumerable: true,
      writable: true,
    })
    try {
      void raw.stack
    } finally {
      if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
      else Object.defineProperty(Error, 'prepareStackTrace', prepare)
    }
    return frames
  } catch (error) {
    recordFault('reading a stack', error)
    return []
  }
}

function plainFrame(callSite: NodeJS.CallSite): PlainFrame {
  return {
    function: functionName(callSite),
    file: filePath(callSite.getFileName() ?? null),
    line: callSite.getLineNumber(),
    column: callSite.getColumnNumber(),
    construct: callSite.isConstructor(),
  }
}

/** leakwatch's own frames stand between the program's and Node's: nobody needs to read them. */
function isForeign(frame: PlainFrame): boolean {
  return frame.file === null || !frame.file.startsWith(ownFolder)
}

function functionName(callSite: NodeJS.CallSite): string | null {
  const name = callSite.getFunctionName()
  if (name === null || callSite.isConstructor() || callSite.isToplevel()) return name
  const type = callSite.getTypeName()
  return type === null || type === 'Object' || name.includes('.') ? name : `${type}.${name}`
}

const frameText = /^\s+at (?:(?:async )?(new )?(.*?) \()?(.*?):(\d+):(\d+)\)?$/

/** For programs that froze `Error`: the stack only comes as text, in V8's own format. */
function parseStackText(text: string): readonly PlainFrame[] {
  const frames: PlainFrame[] = []
  for (const line of text.split('\n')) {
    const match = frameText.exec(line)
    if (match === null) continue
    const frame: PlainFrame = {
      function: match[2] ?? null,
      file: filePath(match[3] ?? null),
      line: Number(match[4]),
      column: Number(match[5]),
      construct: match[1] !== undefined,
    }
    if (isForeign(frame)) frames.push(frame)
  }
  return frames
}
