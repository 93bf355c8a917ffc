import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import { describe, expect, it } from 'vitest'
import { movedMappings } from '../../../src/detect/source/moved-mappings.ts'
import { movedBy, type Shift, shiftsByLine } from '../../../src/detect/source/shifts.ts'

/** As it is where each segment is decoded and encoded again. */
function asDecoded(mappings: string, shifts: readonly Shift[]): string {
  const lines = decode(mappings)
  for (const [line, own] of shiftsByLine(shifts)) {
    const moved = movedBy(own)
    for (const segment of lines[line] ?? []) segment[0] += moved(segment[0])
  }
  return encode(lines)
}

/** Columns up to some thousand, with segments of one, four and five numbers. */
function map(lines: number): string {
  const segments = (line: number): SourceMapSegment[] =>
    Array.from({ length: (line * 7) % 5 }, (_, at) => {
      const column = at * 2 ** ((line + at) % 11)
      if (at % 3 === 0) return [column]
      return at % 3 === 1 ? [column, 0, line, 1000 - column] : [column, 0, line, at, line % 4]
    })
  return encode(Array.from({ length: lines }, (_, line) => segments(line).sort((a, b) => a[0] - b[0])))
}

describe('mappings whose columns are moved', () => {
  it.each([
    ['at the beginning of a line', [{ line: 3, column: 0, by: 40 }]],
    ['in a line, more than once', [5, 17, 900].map((column) => ({ line: 4, column, by: column * 3 }))],
    ['behind its last segment', [{ line: 3, column: 100_000, by: 9 }]],
    ['in several lines', [1, 2, 3, 8, 9].map((line) => ({ line, column: 2, by: 1000 }))],
    [
      'in lines without a segment, and behind the last',
      [0, 10, 90].map((line) => ({ line, column: 0, by: 7 })),
    ],
  ])('%s are as if all had been decoded', (_, shifts) => {
    const mappings = map(12)
    expect(movedMappings(mappings, shiftsByLine(shifts))).toBe(asDecoded(mappings, shifts))
  })

  it('stay as they are where they cannot be read', () => {
    const shifts = shiftsByLine([{ line: 0, column: 0, by: 7 }])
    for (const mappings of ['A?AA,!', 'gggg', ',,', ''])
      expect(movedMappings(mappings, shifts)).toBe(mappings)
  })
})
