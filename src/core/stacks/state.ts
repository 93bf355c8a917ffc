/** What this room remembers, in one object, so that a test can begin anew. */
import type { StackMode } from './budget.ts'
import type { CapturedStack, FrameTest } from './captured-stack.ts'
import type { FramesOfFile, PlainFrame } from './frames.ts'

/** A part of the budget: time that may be spent, saved up while it is not. */
export interface Account {
  /** Of all that may be spent. */
  readonly part: number
  /** How much comes in, of one core. */
  share: number
  creditMs: number
  /** When the credit last grew. */
  filledAt: number
  /** Asks that are refused before the time is looked at again. */
  asksToSkip: number
}

interface StacksState {
  /** Captures that have not been read. */
  raw: CapturedStack[]
  /** Captures of all kinds, engines' too. */
  captured: number
  /** Handles that have no stack of their own. */
  skipped: number
  /** The program's `Error.stackTraceLimit`, while it is another. */
  theirLimit: PropertyDescriptor | undefined
  /** What V8 has just given of the capture that is being read, and where nothing but its place is wanted. */
  frames: readonly PlainFrame[]
  ofPlace: FrameTest | null
  /** So many innermost frames are not wanted. */
  inner: number

  /** Frames by the names of their files, as V8 calls these, and how many frames there are. */
  files: Map<string | null, FramesOfFile>
  frameCount: number
  /** Lists of frames, of which no two are alike. By the lines and columns of their frames; of several, the latest. */
  lists: Map<number, readonly PlainFrame[]>

  /** See `origins.ts`: async ids, each in the slot of its number, and the stacks behind them. */
  originIds: Float64Array
  origins: (CapturedStack | null)[]
  /** The folder of a program that lies in `node_modules` itself, with a separator at its end. */
  home: string | null

  mode: StackMode
  /** Of one core, for handles' stacks. */
  share: number
  /** What one capture costs, as last measured, its later reading included. */
  costMs: number
  spentMs: number
  /** How many captures may have been measured: one in so many is. */
  uses: number
  /** For whatever comes. */
  common: Account
  /** Kept for what is rare and matters most, however many timeouts come and go. */
  reserve: Account
  /** For ticks: what a library opens in one of them has come from there. */
  ticks: Account
}

const reserved = 0.25
const ofTicks = 0.15
/** A power of two. */
export const originsKept = 2048

function account(part: number): Account {
  return { part, share: 0, creditMs: 0, filledAt: 0, asksToSkip: 0 }
}

export function fresh(): StacksState {
  return {
    raw: [],
    captured: 0,
    skipped: 0,
    theirLimit: undefined,
    frames: [],
    ofPlace: null,
    inner: 0,
    files: new Map(),
    frameCount: 0,
    lists: new Map(),
    originIds: new Float64Array(originsKept),
    origins: new Array(originsKept).fill(null),
    home: null,
    mode: 'auto',
    share: 0.01,
    costMs: 0.008,
    spentMs: 0,
    uses: 0,
    common: account(1 - reserved - ofTicks),
    reserve: account(reserved),
    ticks: account(ofTicks),
  }
}

export const state: StacksState = fresh()
