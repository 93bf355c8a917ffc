/**
 * Moves columns in the mappings of a source map, as text: a line is decoded only where something is inserted in it, and of a segment no
 * more than its column. A map is as long as its file, and most of its lines stay as they are.
 */
import { movedBy, type Shift } from './shifts.ts'

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Of a digit, five bits are of the number; this one says that another digit follows. */
const goesOn = 32

/** `lines`: the shifts of each line, by their columns. A line that cannot be read stays as it is. */
export function movedMappings(mappings: string, lines: ReadonlyMap<number, readonly Shift[]>): string {
  const texts = mappings.split(';')
  for (const [line, shifts] of lines) {
    const text = texts[line]
    if (text) texts[line] = movedLine(text, shifts)
  }
  return texts.join(';')
}

/** A column is written as its distance from the one before: it changes where more is inserted before it. */
function movedLine(line: string, shifts: readonly Shift[]): string {
  const moved = movedBy(shifts)
  let column = 0
  let before = 0
  const segments: string[] = []
  for (const segment of line.split(',')) {
    const first = firstNumber(segment)
    if (first === null) return line
    column += first.value
    const by = moved(column)
    segments.push(
      by === before ? segment : numberText(first.value + by - before) + segment.slice(first.length),
    )
    before = by
  }
  return segments.join(',')
}

/** `null`: there is none. */
function firstNumber(segment: string): { value: number; length: number } | null {
  let bits = 0
  for (let length = 0; length < segment.length; length += 1) {
    const digit = digits.indexOf(segment[length] as string)
    if (digit < 0) return null
    bits += (digit % goesOn) * 2 ** (5 * length)
    if (digit < goesOn) return { value: bits % 2 === 1 ? -(bits - 1) / 2 : bits / 2, length: length + 1 }
  }
  return null
}

/** The lowest bit is the sign. */
function numberText(value: number): string {
  let text = ''
  let bits = value < 0 ? -2 * value + 1 : 2 * value
  do {
    const rest = Math.floor(bits / goesOn)
    text += digits[(bits % goesOn) + (rest > 0 ? goesOn : 0)]
    bits = rest
  } while (bits > 0)
  return text
}
