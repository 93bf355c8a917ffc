/** Where in the program something happened, and whose code a stack frame is. */

import type { CapturedStack } from './captured-stack.ts'
import { isDependency, isInternal, type PlainFrame } from './frames.ts'

/** A place in the program. `file` is absolute; line and column count from 1. */
export interface Site {
  file: string
  line: number
  column: number
}

/** The frame to show: the first of the program's own code, else the first that is not Node's. */
export function programFrame({ frames }: Pick<CapturedStack, 'frames'>): PlainFrame | null {
  let foreign: PlainFrame | null = null
  for (const frame of frames) {
    if (isInternal(frame)) continue
    if (!isDependency(frame)) return frame
    foreign ??= frame
  }
  return foreign
}

export function programSite(stack: CapturedStack | null): Site | null {
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
