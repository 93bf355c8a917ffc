/** Keeps the source map that a compiler appended to a file true after registrations were inserted. */
import type { Insertion } from './injection.ts'
import { lineIndex } from './syntax.ts'

const comment = /^(\/\/[#@] sourceMappingURL=data:application\/json[^,\n]*;base64,)([A-Za-z0-9+/=]+)[ \t]*$/m

/** A shift of all that follows a column: `line` from 0, `column` from 0 in the source as it was. */
export interface Shift {
  line: number
  column: number
  by: number
}

/** By how much the insertions move what follows them on their lines. */
export function shiftsOf(source: string, insertions: readonly Insertion[]): Shift[] {
  const lineOf = lineIndex(source)
  return insertions.map(({ at, text }) => ({
    line: lineOf(at) - 1,
    column: at - (source.lastIndexOf('\n', at - 1) + 1),
    by: text.length,
  }))
}

/** The column (from 1) before the insertions, of one after them. */
export function unshifted(shifts: readonly Shift[], line: number, column: number): number {
  let original = column - 1
  let moved = 0
  for (const shift of shifts) {
    if (shift.line !== line - 1 || shift.column + moved > column - 1) continue
    // Inside the insertion itself: where it was put.
    original = Math.max(shift.column, original - shift.by)
    moved += shift.by
  }
  return original + 1
}

/** `changed` with its inline map moved along; as it is where it has none, or one that is no plain version 3 map. */
export function shiftInlineMap(changed: string, source: string, insertions: readonly Insertion[]): string {
  const match = comment.exec(changed)
  if (match === null) return changed
  const map = JSON.parse(Buffer.from(match[2] as string, 'base64').toString()) as { mappings?: unknown }
  if (typeof map.mappings !== 'string') return changed
  const { decode, encode } =
    require('@jridgewell/sourcemap-codec') as typeof import('@jridgewell/sourcemap-codec')
  const lines = decode(map.mappings)
  for (const { line, column, by } of shiftsOf(source, insertions).reverse()) {
    for (const segment of lines[line] ?? []) if (segment[0] >= column) segment[0] += by
  }
  const moved = Buffer.from(JSON.stringify({ ...map, mappings: encode(lines) })).toString('base64')
  return `${changed.slice(0, match.index)}${match[1]}${moved}${changed.slice(match.index + match[0].length)}`
}
