/**
 * Stacks in two phases. A capture is raw: cheap, but it keeps every receiver on the stack alive until it is read.
 * Reading turns it into plain frames, which retain nothing. Whatever is captured is read or dropped when the
 * young period ends (see `core/time`), all at once, so that nothing stays raw on an idle process.
 */
import { recordFault } from '../self/faults.ts'
import { beginYoungPeriod, endYoungPeriod } from '../time/young-period.ts'
import { frameOf, isProgram, oneList, type PlainFrame, programFrameOf } from './frames.ts'
import { state } from './state.ts'

/** What V8 has captured, to be read when its `stack` is asked for. */
export interface RawHolder {
  stack?: unknown
}

const any: FrameTest = () => true

/** So many are raw at most. */
export const rawLimit = 512

/** A stack that was captured and may not have been read yet. */
export class CapturedStack {
  #raw: RawHolder | null
  #frames: readonly PlainFrame[] = []
  #cut: FrameCut | null = null
  #keeps: FrameTest | null = any
  #isBrief = false
  /** Of the tick, timer or handle in which it was captured: it goes on there if it has no frame of the program's own. */
  #from: CapturedStack | null = null
  /** So many others may go on with it. */
  #holders = 0
  /** Nobody else asks for it. */
  #isDropped = false
  #isPassing = false
  readonly #inner: number

  /** `inner`: so many innermost frames are not wanted. */
  constructor(raw: RawHolder, inner = 0) {
    this.#raw = raw
    this.#inner = inner
  }

  /** The plain frames, innermost first. Reads the capture where that has not happened. */
  get frames(): readonly PlainFrame[] {
    if (this.#raw !== null) readAll([this])
    return this.#frames
  }

  get isRead(): boolean {
    return this.#raw === null
  }

  /**
   * Has `cut` take off frames that nobody wants to see, once the capture is read; it may have been read at once. `keeps`: which frames it
   * never takes off. Where the innermost of the program's own is one of them, it is the place with the cut and without.
   */
  trim(cut: FrameCut, keeps: FrameTest | null = null): void {
    if (this.#raw === null) {
      this.#frames = oneList(cut(this.#frames))
      return
    }
    this.#cut = cut
    this.#keeps = keeps
  }

  /** Only the place in the program will be asked for: no more is read of it. */
  abridge(): void {
    this.#isBrief = true
  }

  /** Goes on with another where it has no frame of the program's own. */
  continueWith(from: CapturedStack | null): void {
    if (from === null) return
    from.keep()
    if (this.#raw === null) this.#frames = oneList(continued(this.#frames, from))
    else this.#from = from
  }

  /** Others may go on with it: it is read, whatever becomes of its handle. */
  keep(): void {
    this.#holders += 1
  }

  /** Forgets an unread capture, and what it alone would go on with: its handle or engine has ended young. */
  drop(): void {
    this.#isDropped = true
    if (this.#holders > 0) return
    const from = this.#from
    this.#letGo()
    from?.release()
  }

  #letGo(): void {
    this.#raw = null
    this.#cut = null
    this.#keeps = null
    this.#from = null
  }

  release(): void {
    this.#holders -= 1
    if (this.#isDropped) this.drop()
  }

  /** It is of a tick: nobody asks for it once the event loop has turned, unless others go on with it. */
  pass(): void {
    this.#isPassing = true
  }

  dropPassed(): void {
    if (this.#isPassing) this.drop()
  }

  /** For `readAll` alone: `frames` has what V8 then says of the stack. */
  read(frames: ReadFrames): void {
    const raw = this.#raw
    if (raw === null) return
    const cut = this.#cut
    const from = this.#from
    const keeps = this.#isBrief ? this.#keeps : null
    this.#letGo()
    const all = frames(raw, keeps, this.#inner)
    const own = cut === null ? all : cut(all)
    this.#frames = oneList(from === null ? own : continued(own, from))
  }
}

/** So many frames of a stack that goes on with another, so that chains of them have an end. */
const ownFrames = 12
const framesTogether = 24

function continued(own: readonly PlainFrame[], { frames }: CapturedStack): readonly PlainFrame[] {
  if (own.some(isProgram)) return own
  const first = frames.findIndex(isProgram)
  if (first < 0) return own
  // What the program called comes with it.
  const from = Math.max(0, first - 2)
  return [...own.slice(0, ownFrames), ...frames.slice(from, from + framesTogether - ownFrames)]
}

/** Frames in, those to keep out. Does not throw. */
export type FrameCut = (frames: readonly PlainFrame[]) => readonly PlainFrame[]
/** Does not throw. */
export type FrameTest = (frame: PlainFrame) => boolean
/** `ofPlace`: the innermost frame of the program's own is all that is wanted, if it is one of these; `null`: all frames are. */
type ReadFrames = (raw: RawHolder, ofPlace: FrameTest | null, inner: number) => readonly PlainFrame[]

/**
 * Captures the stack of the caller of `above`, at most `depth` frames, whatever the program set `Error.stackTraceLimit` to.
 * `null` where the limit cannot be changed or nothing could be captured. `inner`: but for so
 * many frames, the innermost.
 */
export function captureStack(above: AnyCallee, depth: number, inner = 0): CapturedStack | null {
  const raw: RawHolder = {}
  return capture(raw, above, depth + inner) ? takeRaw(raw, inner) : null
}

export type AnyCallee = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)

/** The program may replace it by one of its own, or take it away. */
const { captureStackTrace } = Error

/** Whether it was possible. */
export function capture(raw: RawHolder, above: AnyCallee, depth: number): boolean {
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
 * one of these is made right there, between `limitStacks` and `unlimitStacks`, and `takeRaw` takes it.
 */
export const StackHolder: new () => RawHolder = Error

/** Until `unlimitStacks`, stacks have at most `depth` frames; `false`: the limit is fixed, or stacks are off. */
export function limitStacks(depth: number): boolean {
  const theirLimit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  state.theirLimit = theirLimit
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
  const { theirLimit } = state
  if (theirLimit === undefined) Reflect.deleteProperty(Error, 'stackTraceLimit')
  else if (theirLimit.writable === true) Error.stackTraceLimit = theirLimit.value
  else Object.defineProperty(Error, 'stackTraceLimit', theirLimit)
}

/** Takes what V8 has captured, to be read when the young period ends. `inner`: see `CapturedStack`. */
export function takeRaw(raw: RawHolder, inner = 0): CapturedStack {
  state.captured += 1
  const stack = new CapturedStack(raw, inner)
  if (state.raw.length >= rawLimit) endYoungPeriod()
  state.raw.push(stack)
  beginYoungPeriod()
  return stack
}

/** Reads every capture that is still raw. `isInTurn`: the event loop has turned, and every tick is over. */
export function readRawStacks(isInTurn = false): void {
  const stacks = state.raw
  state.raw = []
  // The latest first: they go on with earlier ones.
  if (isInTurn) for (let index = stacks.length - 1; index >= 0; index -= 1) stacks[index]?.dropPassed()
  readAll(stacks)
}

/** Called by V8 as `Error.prepareStackTrace`. */
function prepare(_error: unknown, callSites: readonly NodeJS.CallSite[]): string {
  const { ofPlace, inner } = state
  state.frames = (ofPlace && programFrameOf(callSites, inner, ofPlace)) ?? allFrames(callSites, inner)
  return ''
}

function allFrames(callSites: readonly NodeJS.CallSite[], from: number): readonly PlainFrame[] {
  const frames: PlainFrame[] = []
  for (let index = from; index < callSites.length; index += 1) {
    const frame = frameOf(callSites[index] as NodeJS.CallSite)
    if (frame !== null) frames.push(frame)
  }
  return frames
}

function readAll(stacks: readonly CapturedStack[]): void {
  const isDone = reading(prepare, () => {
    for (const stack of stacks) stack.read(readRaw)
  })
  if (isDone) return
  const { readText } = require('./stack-text.js') as typeof import('./stack-text.ts')
  for (const stack of stacks) stack.read(readText)
}

type Prepare = (error: unknown, callSites: readonly NodeJS.CallSite[]) => unknown

/** Runs `body` with another `Error.prepareStackTrace`, which is put back as the program had it; `false`: it cannot be set. */
export function reading(prepare: Prepare, body: () => void): boolean {
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

function readRaw(raw: RawHolder, ofPlace: FrameTest | null, inner: number): readonly PlainFrame[] {
  state.ofPlace = ofPlace
  state.inner = inner
  try {
    void raw.stack
    return state.frames
  } catch (error) {
    recordFault('reading a stack', error)
    return []
  } finally {
    state.frames = []
    state.ofPlace = null
  }
}
