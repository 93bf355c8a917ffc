/**
 * Stacks and places as the program's source has them. Thousands of handles are made at some places, and their stacks have
 * the same frames: each is looked up once a report, and what was found is shared.
 */
import { isDependency, isInternal, type PlainFrame } from '../core/frames.ts'
import { programFrame } from '../core/places.ts'
import type { CapturedStack } from '../core/stack.ts'
import { redact } from './redact.ts'
import type { Frame, Site, Stack } from './report.ts'
import { mapSite, sourceLine } from './source-map.ts'

/** Undoes the shift of columns that inserted code causes. */
export type OriginalColumn = (file: string, line: number, column: number) => number

export interface Sources {
  stack(stack: CapturedStack | null): Stack | null
  /** The frame that a report shows of a stack. */
  frameIn(stack: CapturedStack | null): PlainFrame | null
  /** `null` for a frame that is in no file of the program or its dependencies. */
  site(frame: PlainFrame | null): Site | null
  mapped(file: string, line: number, column: number): Site
}

export function sources(originalColumn: OriginalColumn): Sources {
  const mapped = (file: string, line: number, column: number) => mapSite(file, line, column, originalColumn)
  const site = once((frame: PlainFrame): Site | null => {
    if (frame.file === null || frame.line === null || isInternal(frame)) return null
    return mapped(frame.file, frame.line, frame.column ?? 1)
  })
  const described = once((frame: PlainFrame) => describeFrame(frame, site(frame)))
  const stack = once((frames: readonly PlainFrame[]): Stack | null =>
    frames.length === 0 ? null : { frames: frames.map(described) },
  )
  const shown = once((frames: readonly PlainFrame[]) => programFrame({ frames }))
  return {
    stack: (captured) => (captured === null ? null : stack(captured.frames)),
    frameIn: (captured) => (captured === null ? null : shown(captured.frames)),
    site: (frame) => (frame === null ? null : site(frame)),
    mapped,
  }
}

/** `find`, which is asked once for each thing. */
function once<K extends object, V>(find: (key: K) => V): (key: K) => V {
  const found = new Map<K, V>()
  return (key) => {
    const known = found.get(key)
    if (known !== undefined) return known
    const value = find(key)
    found.set(key, value)
    return value
  }
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
