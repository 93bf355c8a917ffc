import { expect, it } from 'vitest'
import type { CapturedStack } from '../../../src/core/stacks/captured-stack.ts'
import type { PlainFrame } from '../../../src/core/stacks/frames.ts'
import { sources } from '../../../src/report/sources/sources.ts'

it('looks a place up once a report, however many stacks have it', () => {
  const asked: number[] = []
  const places = sources((_file, line, column) => {
    asked.push(line)
    return column
  })
  const frame = (line: number): PlainFrame => ({
    function: 'open',
    file: '/shop/src/pool.js',
    line,
    column: 3,
    construct: false,
  })
  const frames = [frame(1), frame(2)]
  for (let count = 0; count < 1000; count += 1) {
    const stack = { frames } as unknown as CapturedStack
    expect(places.stack(stack)?.frames).toHaveLength(2)
    expect(places.site(places.frameIn(stack))?.line).toBe(1)
  }
  expect(asked).toEqual([1, 2])
})
