/**
 * Stacks and places in the program's source. Thousands of handles may be made at one place, and their stacks have the same frames:
 * each frame is looked up once in a report, and the result is shared.
 */

import type { CapturedStack } from '../../core/stacks/captured-stack.ts'
import { isDependency, isInternal, type PlainFrame } from '../../core/stacks/frames.ts'
import { programFrame } from '../../core/stacks/sites.ts'
import type { Frame, Site, Stack } from '../schema/report.ts'
import { shownName, shownPath } from '../secrets/shown.ts'
import { excerptOf } from './excerpt.ts'
import { mapSite, sourceLine } from './source-map.ts'

/** Gives the column as it was before leakwatch inserted code. */
export type OriginalColumn = (file: string, line: number, column: number) => number

export interface Sources {
  stack(stack: CapturedStack | null): Stack | null
  /** The one frame of a stack that a report shows. */
  frameIn(stack: CapturedStack | null): PlainFrame | null
  /** `null`: the frame is in no file of the program or its dependencies. */
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

/** `find`, called once for each key. */
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
  const file = site?.file ?? frame.file
  return {
    function: frame.function === null ? null : shownName(frame.function),
    file: file === null ? null : shownPath(file),
    line: site?.line ?? frame.line,
    column: site?.column ?? frame.column,
    code: site === null || isDependency(frame) ? null : codeAt(site),
    internal: isInternal(frame),
    dependency: isDependency(frame),
  }
}

function codeAt(site: Site): string | null {
  const line = sourceLine(site.file, site.line)
  return line === null ? null : excerptOf(line, site.column)
}
