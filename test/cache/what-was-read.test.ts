import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leakwatch-reads-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** As a process that starts now has them. */
async function start() {
  vi.resetModules()
  const { openCache } = await import('../../src/cache/places.ts')
  openCache({ LEAKWATCH_CACHE: folder }, '/', [], [])
  const reads = await import('../../src/cache/what-was-read.ts')
  const { keep, mergedReads } = await import('../../src/cache/keep.ts')
  const { sealed } = await import('../../src/cache/cache-file.ts')
  return { ...reads, keep, mergedReads, sealed }
}

const text = 'class Engine { start() {} stop() {} }'
const edits = [{ at: 36, text: 'registered' }]
const never = (): never => {
  throw new Error('read again')
}

beforeEach(() => rmSync(join(folder, 'reads.bin'), { force: true }))

describe('what was read', () => {
  it('is remembered by the next start: what has engines, and what has none', async () => {
    const first = await start()
    expect(first.remembered('a', '/e.js', text, () => edits)).toEqual(edits)
    first.remembered('a', '/n.js', 'no engine', () => [])
    first.keep()
    const second = await start()
    expect(second.remembered('a', '/e.js', text, never)).toEqual(edits)
    expect(second.remembered('a', '/n.js', 'no engine', never)).toEqual([])
    expect(second.learned).toEqual([])
  })

  it('is of one text: another, of another file, or read in another way is read', async () => {
    const first = await start()
    first.remembered('a', '/e.js', text, () => edits)
    first.keep()
    const { remembered } = await start()
    expect(() => remembered('a', '/e.js', text.replace('start', 'stars'), never)).toThrow()
    expect(() => remembered('a', '/moved.js', text, never)).toThrow()
    expect(() => remembered('b', '/e.js', text, never)).toThrow()
  })

  it('of another leakwatch is none', async () => {
    const first = await start()
    first.remembered('a', '/e.js', text, () => edits)
    first.keep()
    vi.doMock('../../src/cache/build-id.ts', () => ({ buildId: 'another' }))
    const { remembered } = await start()
    vi.doUnmock('../../src/cache/build-id.ts')
    expect(() => remembered('a', '/e.js', text, never)).toThrow()
  })

  it('is merged with what others wrote meanwhile', async () => {
    const [one, other] = [await start(), await start()]
    one.remembered('a', '/1.js', 'one', () => [])
    other.remembered('a', '/2.js', 'two', () => [])
    one.keep()
    other.keep()
    const { remembered } = await start()
    expect([remembered('a', '/1.js', 'one', never), remembered('a', '/2.js', 'two', never)]).toEqual([[], []])
  })

  it('of bytes is that of the text they are, where nothing is inserted and no mark stands before it', async () => {
    const first = await start()
    first.remembered('a', '/e.js', text, () => edits)
    for (const each of ['ü€😀', '\ufeffmarked', 'x'.repeat(300_000)])
      first.remembered('a', '/n.js', each, () => [])
    first.keep()
    const { isRememberedAsIs } = await start()
    expect(isRememberedAsIs('a', '/n.js', Buffer.from('ü€😀'))).toBe(true)
    expect(isRememberedAsIs('a', '/n.js', Buffer.from('ü€😁'))).toBe(false)
    expect(isRememberedAsIs('a', '/n.js', Buffer.from('\ufeffmarked'))).toBe(false)
    expect(isRememberedAsIs('a', '/e.js', Buffer.from(text))).toBe(false)
    expect(isRememberedAsIs('a', '/n.js', Buffer.from([0xff, 0x62]))).toBe(false)
  })

  it('where reading throws is not remembered', async () => {
    const { remembered, learned } = await start()
    expect(() => remembered('a', '/e.js', text, never)).toThrow()
    expect(learned).toEqual([])
  })

  it('goes after a month, and is noted again after a week of use', async () => {
    const { mergedReads, parseReads, today } = await start()
    const key = (of: number) => Uint32Array.of(of, 0, 0, 0)
    const rows = mergedReads(
      null,
      [1, 2].map((of) => ({ key: key(of), edits: null })),
    )
    rows.writeUInt32LE(today() - 31, 4 + 20)
    const merged = mergedReads(parseReads(Buffer.concat([Buffer.alloc(0), rows])), [
      { key: key(3), edits: null },
    ])
    expect([...(parseReads(merged)?.rows ?? [])].filter((_, index) => index % 6 === 0)).toEqual([2, 3])
  })

  it('of 10,000 files is small, and quick to be had', async () => {
    const first = await start()
    const long = [
      {
        at: 3,
        text: `;static{globalThis.__leakwatch__?.c(this,"Engine","/home/user/shop/src/e.js",1,200);}`,
      },
    ]
    for (let index = 0; index < 10_000; index += 1)
      first.remembered('a', `/f${index}.js`, `text ${index}`, () => (index % 4 === 0 ? long : []))
    const body = first.mergedReads(null, first.learned)
    expect(body.length).toBeLessThan(1_000_000)
    first.keep()
    const { readReads } = await start()
    // The least of many, as the machine may have other work.
    let least = Number.POSITIVE_INFINITY
    for (let tries = 0; tries < 200 && least >= 2; tries += 1) {
      const from = performance.now()
      const reads = readReads()
      least = Math.min(least, performance.now() - from)
      expect(reads?.rows.length).toBe(60_000)
    }
    expect(least).toBeLessThan(2)
  })

  it('is found where it stands between others, old and new', async () => {
    const { mergedReads, parseReads, rowOf, editsAt } = await start()
    const learnedRead = (of: number) => ({
      key: Uint32Array.of(of % 3, of * 7919, 1, 2 ** 32 - of),
      edits: of % 2 === 0 ? `[{"at":${of},"text":"ü"}]` : null,
    })
    let reads: ReturnType<typeof parseReads> = null
    for (let from = 1; from < 200; from += 20) {
      // Some of them are known.
      const fresh = Array.from({ length: 30 }, (_, index) => learnedRead(from + index))
      reads = parseReads(mergedReads(reads, [...fresh, learnedRead(from)]))
    }
    expect(reads?.rows.length).toBe(6 * 210)
    for (let of = 1; of <= 210; of += 1) {
      const { key, edits } = learnedRead(of)
      const row = rowOf(reads?.rows as Uint32Array, key)
      expect(editsAt(reads as never, reads?.rows[(row as number) + 4] as number)).toBe(edits)
    }
  })

  it('is bounded', async () => {
    const { mergedReads, parseReads } = await start()
    const fresh = Array.from({ length: 30_000 }, (_, index) => ({
      key: Uint32Array.of(index, 1, 2, 3),
      edits: null,
    }))
    expect(parseReads(mergedReads(null, fresh))?.rows.length).toBe(20_000 * 6)
    const large = fresh.slice(0, 1000).map((each) => ({ ...each, edits: 'x'.repeat(20_000) }))
    expect(mergedReads(null, large).length).toBeLessThan(9_000_000)
  })

  it.each([
    ['after the end', [{ at: 1e9, text: '' }]],
    [
      'before the last',
      [
        { at: 5, text: '' },
        { at: 4, text: '' },
      ],
    ],
    ['no place', [{ at: 0.5, text: '' }]],
    ['no text', [{ at: 0, text: 1 }]],
    ['no list', { at: 0 }],
  ])('with edits that cannot be is read anew: %s', async (_, wrong) => {
    const first = await start()
    first.remembered('a', '/e.js', text, () => wrong as never)
    for (const each of first.learned) each.edits = JSON.stringify(wrong)
    first.keep()
    const { remembered } = await start()
    expect(remembered('a', '/e.js', text, () => edits)).toEqual(edits)
  })

  it('with an offset that leads nowhere is read anew', async () => {
    const first = await start()
    first.remembered('a', '/e.js', text, () => edits)
    const body = first.mergedReads(null, first.learned)
    for (const offset of [7, 1000, 2 ** 32 - 2]) {
      body.writeUInt32LE(offset, 4 + 16)
      writeFileSync(join(folder, 'reads.bin'), first.sealed(body) as Buffer, { mode: 0o600 })
      const { remembered } = await start()
      expect(remembered('a', '/e.js', text, () => edits)).toEqual(edits)
    }
  })
})
