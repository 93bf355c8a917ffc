/**
 * Plain frames: one place on a stack each, which retain nothing. The same frame is the same object in every stack, so a
 * stack that is kept costs a pointer a frame.
 */
import { filePath } from './file-path.ts'

/** One place on a stack. `file` is a path, or Node's `node:` name; `null` for native code and `eval`. */
export interface PlainFrame {
  readonly function: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  /** A call with `new`. */
  readonly construct: boolean
}

interface FramesOfFile {
  file: string | null
  /** leakwatch's own frames stand between the program's and Node's: nobody needs to read them. */
  isOwn: boolean
  /** The program's own code. */
  isProgram: boolean
  byPlace: Map<number, PlainFrame[]>
  /** One of each place, by its offset, which V8 tells for less than its line. */
  byPosition: Map<number, PlainFrame>
}

const ownFolder = __dirname.replace(/core$/, '')
/** Programs have some thousand places at which something is made; this bounds those that generate code. */
const framesLimit = 50_000
const columnsAtMost = 2 ** 21
const files = new Map<string | null, FramesOfFile>()
let count = 0

function framesOf(name: string | null): FramesOfFile {
  const known = files.get(name)
  if (known !== undefined) return known
  const file = filePath(name)
  const isOwn = file?.startsWith(ownFolder) === true
  const found = { file, isOwn, isProgram: isProgram({ file }), byPlace: new Map(), byPosition: new Map() }
  files.set(name, found)
  return found
}

/** The frame of a call site; `null`: leakwatch's own. */
export function frameOf(callSite: NodeJS.CallSite): PlainFrame | null {
  const { file, isOwn, byPlace } = framesOf(callSite.getFileName() ?? null)
  if (isOwn) return null
  return intern(byPlace, {
    function: functionName(callSite),
    file,
    line: callSite.getLineNumber(),
    column: callSite.getColumnNumber(),
    construct: callSite.isConstructor(),
  })
}

/** The innermost frame of the program's own code, for its place alone: its function may be another's there. */
export function programFrameOf(callSites: readonly NodeJS.CallSite[]): PlainFrame | null {
  for (const callSite of callSites) {
    const file = framesOf(callSite.getFileName() ?? null)
    if (file.isOwn || !file.isProgram) continue
    const position = callSite.getPosition()
    let frame = file.byPosition.get(position) ?? null
    if (frame !== null) return frame
    frame = frameOf(callSite)
    if (frame !== null) file.byPosition.set(position, frame)
    return frame
  }
  return null
}

/** The frame of what V8 wrote as text; `null`: leakwatch's own. */
export function frameOfText(name: string | null, frame: Omit<PlainFrame, 'file'>): PlainFrame | null {
  const { file, isOwn, byPlace } = framesOf(name)
  return isOwn ? null : intern(byPlace, { ...frame, file })
}

function intern(byPlace: Map<number, PlainFrame[]>, frame: PlainFrame): PlainFrame {
  const place = (frame.line ?? 0) * columnsAtMost + (frame.column ?? 0)
  const here = byPlace.get(place)
  // Of several at one place, a method was called on instances of several classes.
  const known = here?.find((each) => each.function === frame.function && each.construct === frame.construct)
  if (known !== undefined) return known
  count += 1
  if (here === undefined) byPlace.set(place, [frame])
  else here.push(frame)
  if (count > framesLimit) {
    files.clear()
    count = 0
  }
  return frame
}

/** Stacks that are alike are one list. By the lines and columns of their frames; of several, the latest. */
const lists = new Map<number, readonly PlainFrame[]>()
const listsLimit = 10_000

/** The one list of these frames. */
export function oneList(frames: readonly PlainFrame[]): readonly PlainFrame[] {
  let key = frames.length
  for (const { line, column } of frames) key = Math.imul(key, 31) + (line ?? 0) * 127 + (column ?? 0)
  key |= 0
  const known = lists.get(key)
  if (known?.length === frames.length && known.every((frame, index) => frame === frames[index])) return known
  if (lists.size === listsLimit) lists.clear()
  // A list that grew has room to spare; a copy has none.
  const exact = frames.slice()
  lists.set(key, exact)
  return exact
}

function functionName(callSite: NodeJS.CallSite): string | null {
  const name = callSite.getFunctionName()
  if (name === null || callSite.isConstructor() || callSite.isToplevel()) return name
  const type = callSite.getTypeName()
  return type === null || type === 'Object' || name.includes('.') ? name : `${type}.${name}`
}

export function isInternal({ file }: Pick<PlainFrame, 'file'>): boolean {
  return file === null || file.startsWith('node:') || file === '<anonymous>'
}

export function isDependency({ file }: Pick<PlainFrame, 'file'>): boolean {
  return file !== null && /[\\/]node_modules[\\/]/.test(file)
}

export function isProgram(frame: Pick<PlainFrame, 'file'>): boolean {
  return !isInternal(frame) && !isDependency(frame)
}
