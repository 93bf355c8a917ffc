/** Stacks and places as the program's source has them. */
import { isDependency, isInternal } from '../core/places.ts'
import type { CapturedStack, PlainFrame } from '../core/stack.ts'
import { redact } from './redact.ts'
import type { Frame, Site, Stack } from './report.ts'
import { mapSite, sourceLine } from './source-map.ts'

/** Undoes the shift of columns that inserted code causes. */
export type OriginalColumn = (file: string, line: number, column: number) => number

export interface Sources {
  stack(stack: CapturedStack | null): Stack | null
  /** `null` for a frame that is in no file of the program or its dependencies. */
  site(frame: PlainFrame | null): Site | null
  mapped(file: string, line: number, column: number): Site
}

export function sources(originalColumn: OriginalColumn): Sources {
  const mapped = (file: string, line: number, column: number) => mapSite(file, line, column, originalColumn)
  const site = (frame: PlainFrame | null): Site | null => {
    if (frame === null || frame.file === null || frame.line === null || isInternal(frame)) return null
    return mapped(frame.file, frame.line, frame.column ?? 1)
  }
  const stack = (captured: CapturedStack | null): Stack | null => {
    if (captured === null || captured.frames.length === 0) return null
    return { frames: captured.frames.map((frame) => describeFrame(frame, site(frame))) }
  }
  return { stack, site, mapped }
}

function describeFrame(frame: PlainFrame, site: Site | null): Frame {
  return {
    function: frame.function,
    file: site?.file ?? frame.file,
    line: site?.line ?? frame.line,
    column: site?.column ?? frame.column,
    code: site === null || isDependency(frame) ? null : codeAt(site),
    internal: isInternal(frame),
    dependency: isDependency(frame),
  }
}

function codeAt(site: Site): string | null {
  const line = sourceLine(site.file, site.line)
  return line === null ? null : redact(line.trim())
}
