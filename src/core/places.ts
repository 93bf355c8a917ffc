/** Whose code a stack frame is. */
import type { CapturedStack, PlainFrame } from './stack.ts'

export interface Place {
  file: string
  line: number
  column: number
}

export function isInternal(frame: PlainFrame): boolean {
  return frame.file === null || frame.file.startsWith('node:') || frame.file === '<anonymous>'
}

export function isDependency(frame: Pick<PlainFrame, 'file'>): boolean {
  return frame.file !== null && /[\\/]node_modules[\\/]/.test(frame.file)
}

/** The frame to show: the first of the program's own code, else the first that is not Node's. */
export function programFrame(stack: CapturedStack): PlainFrame | null {
  const foreign = stack.frames.filter((frame) => !isInternal(frame))
  return foreign.find((frame) => !isDependency(frame)) ?? foreign[0] ?? null
}

export function programPlace(stack: CapturedStack | null): Place | null {
  const frame = stack === null ? null : programFrame(stack)
  if (frame === null || frame.file === null || frame.line === null) return null
  return { file: frame.file, line: frame.line, column: frame.column ?? 1 }
}

/** The frames of Node's own code above the program's first: what made a handle. */
export function makers(stack: CapturedStack | null): PlainFrame[] {
  const frames = (stack?.frames ?? []).filter(
    ({ file }) => file !== 'node:internal/async_hooks' && file !== '<anonymous>',
  )
  const first = frames.findIndex((frame) => frame.file !== null && !frame.file.startsWith('node:'))
  return first < 0 ? frames : frames.slice(0, first)
}
