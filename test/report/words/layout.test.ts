import { describe, expect, it } from 'vitest'
import { clip, length, wrap } from '../../../src/report/words/layout.ts'

describe('wrapping', () => {
  it.each([
    ['at spaces', 'one two three', 7, ['one two', 'three']],
    ['a long word at its end', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a long path after a folder', 'src/orders/order.ts', 12, ['src/orders/', 'order.ts']],
    [
      'characters of two code units as one',
      '\u{1f98a}\u{1f98a}\u{1f98a}',
      2,
      ['\u{1f98a}\u{1f98a}', '\u{1f98a}'],
    ],
    ['a word that fits after one that does not', 'abcdef gh', 4, ['abcd', 'ef', 'gh']],
    ['spaces within a line as they are', 'a  b', 10, ['a  b']],
    ['nothing', '', 10, ['']],
  ])('breaks %s', (_, text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines)
  })

  it('takes time in proportion to the text', () => {
    const from = process.cpuUsage()
    expect(wrap('x'.repeat(2_000_000), 66)).toHaveLength(Math.ceil(2_000_000 / 66))
    expect(wrap('x '.repeat(1_000_000), 66).length).toBeGreaterThan(30_000)
    // Its own time: the machine may have other work.
    expect(process.cpuUsage(from).user / 1000).toBeLessThan(3000)
  })
})

it('clipping keeps what fits, and looks at no more', () => {
  expect([
    clip('abc', 3),
    clip('abcd', 3),
    clip('\u{1f98a}\u{1f98a}', 2),
    clip('\u{1f98a}\u{1f98a}\u{1f98a}', 2),
  ]).toEqual(['abc', 'ab…', '\u{1f98a}\u{1f98a}', '\u{1f98a}…'])
  expect(length(clip('x'.repeat(2_000_000), 10))).toBe(10)
})
