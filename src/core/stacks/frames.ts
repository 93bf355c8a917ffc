/**
 * Plain frames: one place on a stack each, which retain nothing. The same frame is the same object in every stack, so a
 * stack that is kept costs a pointer a frame.
 */
import { state } from './state.ts'

/** One place on a stack. `file` is a path, or Node's `node:` name; `null` for native code and `eval`. */
export interface PlainFrame {
  readonly function: string | null
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  /** A call with `new`. */
  readonly construct: boolean
}

/** The frames of one file, each once. */
export interface FramesOfFile {
  file: string | null
  /** leakwatch's own frames stand between the program's and Node's: nobody needs to read them. */
  isOwn: boolean
  /** The program's own code. */
  isProgram: boolean
  byPlace: Map<number, PlainFrame[]>
  /** One frame of each place, by its offset: that takes V8 less time to find than its line. */
  byPosition: Map<number, PlainFrame>
}

/**
 * What runs of a file where it is not what the disk has: a hook of `require` has compiled it in memory (ts-node, swc, babel). V8 keeps
 * these texts anyway. They are read when a report is made.
 */
export const compiledTexts: Map<string, string> = new Map()

/** How a source map in a text begins. */
export const inlineMap = 'sourceMappingURL=data:'

const ownFolder = __dirname.replace(/core[\\/]stacks$/, '')
/** Programs have some thousand places at which something is made; this bounds those that generate code. */
const framesLimit = 50_000
const columnsAtMost = 2 ** 21
const listsLimit = 10_000

function framesOf(name: string | null): FramesOfFile {
  const known = state.files.get(name)
  if (known !== undefined) return known
  const file = filePath(name)
  const isOwn = file?.startsWith(ownFolder) === true
  const found = { file, isOwn, isProgram: isProgram({ file }), byPlace: new Map(), byPosition: new Map() }
  state.files.set(name, found)
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

/**
 * The innermost frame of the program's own code, of those from `from` on, for its place alone: its function may be another's there. `null`:
 * it is none of which `isEnough`.
 */
export function programFrameOf(
  callSites: readonly NodeJS.CallSite[],
  from: number,
  isEnough: (frame: PlainFrame) => boolean,
): readonly PlainFrame[] | null {
  for (let index = from; index < callSites.length; index += 1) {
    const callSite = callSites[index] as NodeJS.CallSite
    const { isOwn, isProgram, byPosition } = framesOf(callSite.getFileName() ?? null)
    if (isOwn || !isProgram) continue
    const position = callSite.getPosition()
    let frame = byPosition.get(position)
    if (frame === undefined) {
      frame = frameOf(callSite) as PlainFrame
      byPosition.set(position, frame)
    }
    return isEnough(frame) ? [frame] : null
  }
  return []
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
  state.frameCount += 1
  if (here === undefined) byPlace.set(place, [frame])
  else here.push(frame)
  if (state.frameCount > framesLimit) {
    state.files.clear()
    state.frameCount = 0
  }
  return frame
}

/** The one list of these frames: stacks that are alike share it. */
export function oneList(frames: readonly PlainFrame[]): readonly PlainFrame[] {
  const { lists } = state
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

/** Call sites of ES modules name a URL, those of CommonJS a path. Decoded here without loading `node:url`. */
export function filePath(name: string | null): string | null {
  if (name === null || !name.startsWith('file://')) return name
  const path = name.slice('file://'.length).replace(/[?#].*$/s, '')
  try {
    return process.platform === 'win32' ? decodeURIComponent(path.slice(1)) : decodeURIComponent(path)
  } catch {
    return path
  }
}

export function isInternal({ file }: Pick<PlainFrame, 'file'>): boolean {
  return file === null || file.startsWith('node:') || file === '<anonymous>'
}

const inPackages = /[\\/]node_modules[\\/]/

export function isDependency({ file }: Pick<PlainFrame, 'file'>): boolean {
  if (file === null || !inPackages.test(file)) return false
  const { home } = state
  return home === null || !file.startsWith(home) || inPackages.test(file.slice(home.length - 1))
}

/** The program lies in `node_modules` itself, in this folder. */
export function setHome(folder: string | null): void {
  state.home = folder
}

export function homeFolder(): string | null {
  return state.home
}

export function isProgram(frame: Pick<PlainFrame, 'file'>): boolean {
  return !isInternal(frame) && !isDependency(frame)
}
