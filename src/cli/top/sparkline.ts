/** A curve of numbers in one line of text. */
import type { Series } from './history.ts'

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
/** A curve of 1 and 2, or of 1000 and 1010, is nearly flat. */
const smallestSpan = 4
const smallestPart = 0.02

/**
 * From the lowest to the highest of its own, the newest on the right. Where there are more looks than characters, each character is the
 * highest of several. Where nothing is known, it is a space.
 */
export function sparkline(series: Series, width: number): string {
  const known = series.filter((value) => value !== null)
  const low = Math.min(...known)
  const high = Math.max(...known)
  const span = Math.max(high - low, smallestSpan, high * smallestPart)
  const each = Math.max(1, Math.ceil(series.length / width))
  let line = ''
  for (let end = series.length; end > 0; end -= each) {
    const some = series.slice(Math.max(0, end - each), end).filter((value) => value !== null)
    line = (some.length === 0 ? ' ' : barOf((Math.max(...some) - low) / span)) + line
  }
  return line.padStart(width)
}

function barOf(part: number): string {
  return bars[Math.round(part * (bars.length - 1))] as string
}
