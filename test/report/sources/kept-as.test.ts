import { expect, it } from 'vitest'
import { assignedAt, receiverAt } from '../../../src/report/sources/kept-as.ts'
import { keepText } from '../../../src/report/sources/source-text.ts'

let count = 0

/** The place of the `|` in a text. */
function placeIn(text: string): { file: string; line: number; column: number } {
  count += 1
  const file = `/kept-as-${count}.ts`
  const before = text.slice(0, text.indexOf('|')).split('\n')
  keepText(file, text.replace('|', ''))
  return { file, line: before.length, column: (before.at(-1) as string).length + 1 }
}

it('tells what keeps the result of a call', () => {
  const kept = (text: string, isSame = true) => assignedAt(placeIn(text), isSame)
  expect(kept('  const ping = |setInterval(() => {')).toBe('ping')
  expect(kept('  this.#socket ??= net.|connect(port)')).toBe('this.#socket')
  expect(kept('  private readonly pool: Pool = |new Pool({')).toBe('pool')
  expect(kept('const file = await fs.|open(path)')).toBe('file')
  expect(kept('if (x === |setTimeout(f))')).toBe(null)
  expect(kept('return |setInterval(f)')).toBe(null)
  expect(kept('const [a] = |createAll()')).toBe(null)
  expect(kept('const wait = (ms) => new Promise((r) => |setTimeout(r, ms))')).toBe(null)
})

it('does not take what a chained call gives for what was made', () => {
  const kept = (text: string) => assignedAt(placeIn(text), false)
  expect(kept('const feed = |new Feed(["a"])\nfeed.start()')).toBe('feed')
  expect(kept('const feed = |new Feed({\n  a: 1,\n});')).toBe('feed')
  expect(kept('const done = |new Feed(["a"]).start()')).toBe(null)
  expect(kept('const done = |new Feed({\n  a: 1,\n})\n  .start()')).toBe(null)
})

it('tells whose method is called', () => {
  const receiver = (text: string, method = 'start') => receiverAt(placeIn(text), method)
  expect(receiver('  await engine.|start(1)')).toBe('engine')
  expect(receiver('for (const each of all) each?.|start()')).toBe('each')
  expect(receiver('this.#queue.|start()')).toBe('this.#queue')
  expect(receiver('this.|start()')).toBe(null)
  expect(receiver('make().|start()')).toBe(null)
  expect(receiver('all[0].|start()')).toBe(null)
  expect(receiver('app.|listen(1)')).toBe(null)
})
