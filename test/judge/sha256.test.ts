import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { sha256 } from '../../src/judge/sha256.ts'

it("is that of Node's own, whatever the text", () => {
  const texts = Array.from({ length: 200 }, (_, length) => 'a\0é😀\ud800'.repeat(length).slice(0, length))
  for (const text of [...texts, 'x'.repeat(100_000)])
    expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'))
})
