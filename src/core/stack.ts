/**
 * Stacks in two phases. A capture is raw: cheap, but it keeps every receiver on the stack alive until it is read.
 * Reading turns it into plain frames, which retain nothing. Whatever is captured is read or dropped when youth ends
 * (see `youth.ts`), all at once, so that nothing stays raw on an idle process.
 */
import { recordFault } from './faults.ts'
import { frameOf, frameOfText, oneList, type PlainFrame, programFrameOf } from './frames.ts'
import { beginYouth, endYouth } from './youth.ts'

/** What V8 has captured, to be read when its `stack` is asked for. */
export interface RawHolder {
  stack?: unknown
}

const pendingLimit = 512
let pending: CapturedStack[] = []

export const stackCounts: { captured: number; skipped: number } = { captured: 0, skipped: 0 }

/** A stack that was captured and may not have been read yet. */
export class CapturedStack {
  #raw: RawHolder | null
  #frames: readonly PlainFrame[] = []
  #cut: FrameCut | null = null
  #isBrief = false

  constructor(raw: RawHolder) {
    this.#raw = raw
  }

  /** The plain frames, innermost first. Reads the capture where that has not happened. */
  get frames(): readonly PlainFrame[] {
    if (this.#raw !== null) readAll([this])
    return this.#frames
  }

  get isRead(): boolean {
    return this.#raw === null
  }

  /** Has `cut` take off frames that nobody wants to see, once the capture is read; it may have been read at once. */
  trim(cut: FrameCut): void {
    if (this.#raw !== null) this.#cut = cut
    else this.#frames = oneList(cut(this.#frames))
  }

  /** Only the place in the program will be asked for: no more is read of it. */
  abridge(): void {
    this.#isBrief = true
  }

  /** Forgets an unread capture: its handle or engine has ended young. */
  drop(): void {
    this.#raw = null
    this.#cut = null
  }

  /** For `readAll` alone: `frames` has what V8 then says of the stack. */
  read(frames: (raw: RawHolder, isBrief: boolean) => readonly PlainFrame[]): void {
    const raw = this.#raw
    if (raw === null) return
    this.#raw = null
    const all = frames(raw, this.#isBrief && this.#cut === null)
    this.#frames = oneList(this.#cut === null ? all : this.#cut(all))
    this.#cut = null
  }
}

/** Frames in, those to keep out. Does not throw. */
export type FrameCut = (frames: readonly PlainFrame[]) => readonly PlainFrame[]

/**
 * Captures the stack of the caller of `above`, at most `depth` frames, whatever the program set `Error.stackTraceLimit` to.
 * `null` where the limit cannot be changed or nothing could be captured.
 */
export function captureStack(above: AnyCallee, depth: number): CapturedStack | null {
  const raw: RawHolder = {}
  return capture(raw, above, depth) ? remember(raw) : null
}

type AnyCallee = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)

/** The program may replace it by one of its own, or take it away. */
const { captureStackTrace } = Error

/** Whether it was possible. */
function capture(raw: RawHolder, above: AnyCallee, depth: number): boolean {
  const isLimited = limitStacks(depth)
  // Where the limit is fixed, stacks are as deep as the program wants them.
  if (!isLimited && Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') === undefined) return false
  try {
    captureStackTrace(raw, above as () => unknown)
    return true
  } catch (error) {
    recordFault('capturing a stack', error)
    return false
  } finally {
    if (isLimited) unlimitStacks()
  }
}

/**
 * V8 walks each frame on the way to the program's own, which is much of what a capture costs. So where many are captured,
 * one of these is made right there, between `limitStacks` and `unlimitStacks`, and `remember` takes it.
 */
export const StackHolder: new () => RawHolder = Error

let theirLimit: PropertyDescriptor | undefined

/** Until `unlimitStacks`, stacks have at most `depth` frames; `false`: the limit is fixed, or stacks are off. */
export function limitStacks(depth: number): boolean {
  theirLimit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  if (theirLimit?.writable === true) Error.stackTraceLimit = depth
  else if (theirLimit === undefined ? Object.isExtensible(Error) : theirLimit.configurable === true)
    Object.defineProperty(Error, 'stackTraceLimit', {
      value: depth,
      configurable: true,
      writable: true,
      enumerable: true,
    })
  else return false
  return true
}

/** Puts the limit back as the program had it. */
export function unlimitStacks(): void {
  if (theirLimit === undefined) Reflect.deleteProperty(Error, 'stackTraceLimit')
  else if (theirLimit.writable === true) Error.stackTraceLimit = theirLimit.value
  else Object.defineProperty(Error, 'stackTraceLimit', theirLimit)
}

/**
 * Whether a call of `callee` is on the stack; `true` where that cannot be told. V8 leaves out all frames above it, which
 * are all frames where it is not there.
 */
export function isOnStack(callee: AnyCallee | null): boolean {
  if (callee === null) return true
  const raw: RawHolder = {}
  if (!capture(raw, callee, 1)) return true
  let isThere: unknown = true
  reading(isAny, () => {
    isThere = raw.stack
  })
  return isThere !== false
}

/** What V8 calls the scripts on the stack of the caller of `above`, innermost first: ES modules by their URLs. */
export function scriptNames(above: AnyCallee, depth: number): readonly string[] {
  const raw: RawHolder = {}
  let names: unknown = []
  if (capture(raw, above, depth))
    reading(fileNames, () => {
      names = raw.stack
    })
  return Array.isArray(names) ? names : []
}

function fileNames(_error: unknown, callSites: readonly NodeJS.CallSite[]): string[] {
  return callSites.map((callSite) => callSite.getFileName() ?? '')
}

function isAny(_error: unknown, callSites: readonly NodeJS.CallSite[]): boolean {
  return callSites.length > 0
}

/** Takes what V8 has captured, to be read when youth ends. */
export function remember(raw: RawHolder): CapturedStack {
  stackCounts.captured += 1
  const stack = new CapturedStack(raw)
  if (pending.length >= pendingLimit) endYouth()
  pending.push(stack)
  beginYouth()
  return stack
}

/** Reads every capture that is still raw. */
export function ripen(): void {
  const stacks = pending
  pending = []
  readAll(stacks)
}

let current: readonly PlainFrame[] = []
let isBriefly = false

/** Called by V8 as `Error.prepareStackTrace`. */
function prepare(_error: unknown, callSites: readonly NodeJS.CallSite[]): string {
  current = isBriefly ? onlyProgramFrame(callSites) : allFrames(callSites)
  return ''
}

function onlyProgramFrame(callSites: readonly NodeJS.CallSite[]): readonly PlainFrame[] {
  const frame = programFrameOf(callSites)
  return frame === null ? [] : [frame]
}

function allFrames(callSites: readonly NodeJS.CallSite[]): readonly PlainFrame[] {
  const frames: PlainFrame[] = []
  for (const callSite of callSites) {
    const frame = frameOf(callSite)
    if (frame !== null) frames.push(frame)
  }
  return frames
}

function readAll(stacks: readonly CapturedStack[]): void {
  const isDone = reading(prepare, () => {
    for (const stack of stacks) stack.read(readRaw)
  })
  if (!isDone) for (const stack of stacks) stack.read(readText)
}

type Prepare = (error: unknown, callSites: readonly NodeJS.CallSite[]) => unknown

/** Runs `body` with another `Error.prepareStackTrace`, which is put back as the program had it; `false`: it cannot be set. */
function reading(prepare: Prepare, body: () => void): boolean {
  const theirs = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  if (theirs === undefined ? !Object.isExtensible(Error) : theirs.configurable !== true) return false
  try {
    Object.defineProperty(Error, 'prepareStackTrace', {
      value: prepare,
      configurable: true,
      enumerable: true,
      writable: true,
    })
    body()
  } catch (error) {
    recordFault('reading a stack', error)
  } finally {
    if (theirs === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    else Object.defineProperty(Error, 'prepareStackTrace', theirs)
  }
  return true
}

function readRaw(raw: RawHolder, isBrief: boolean): readonly PlainFrame[] {
  isBriefly = isBrief
  try {
    void raw.stack
    return current
  } catch (error) {
    recordFault('reading a stack', error)
    return []
  } finally {
    current = []
  }
}

function readText(raw: RawHolder): readonly PlainFrame[] {
  return parseStackText(typeof raw.stack === 'string' ? raw.stack : '')
}

const frameText = /^\s+at (?:(?:async )?(new )?(.*?) \()?(.*?):(\d+):(\d+)\)?$/

/** For programs that froze `Error`: the stack only comes as text, in V8's own format. */
function parseStackText(text: string): readonly PlainFrame[] {
  const frames: PlainFrame[] = []
  for (const line of text.split('\n')) {
    const match = frameText.exec(line)
    if (match === null) continue
    const frame = frameOfText(match[3] ?? null, {
      function: match[2] ?? null,
      line: Number(match[4]),
      column: Number(match[5]),
      construct: match[1] !== undefined,
    })
    if (frame !== null) frames.push(frame)
  }
  return frames
}
