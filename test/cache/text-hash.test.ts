import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../src/cache/text-hash.ts'

function hex(head: string, text: string | Uint8Array): string {
  return [...(hashOf(head, text) ?? [])].map((word) => word.toString(16).padStart(8, '0')).join('')
}

const bits = (value: bigint): bigint => BigInt.asUintN(64, value)
const rotated = (value: bigint, by: bigint): bigint => bits((value << by) | (value >> (64n - by)))
const firstPrime = 0x87c37b91114253d5n
const secondPrime = 0x4cf5ad432745937fn

function mixed(value: bigint): bigint {
  const once = bits((value ^ (value >> 33n)) * 0xff51afd7ed558ccdn)
  const twice = bits((once ^ (once >> 33n)) * 0xc4ceb9fe1a85ec53n)
  return twice ^ (twice >> 33n)
}

/** What the module does with what is written into its memory, in words: the head and the text, after the text's length. */
function reference(...parts: readonly [head: string, text: string][]): string {
  let [a, b] = [0n, 0n]
  for (const [head, text] of parts) {
    const [before, bytes] = [Buffer.from(head), Buffer.from(text)]
    const padded = Buffer.alloc((4 + before.length + bytes.length + 15) & ~15)
    padded.writeUInt32LE(bytes.length)
    padded.set(before, 4)
    padded.set(bytes, 4 + before.length)
    for (let at = 0; at < padded.length; at += 16) {
      const first = bits(rotated(bits(padded.readBigUInt64LE(at) * firstPrime), 31n) * secondPrime)
      a = bits((rotated(a ^ first, 27n) + b) * 5n + 0x52dce729n)
      const second = bits(rotated(bits(padded.readBigUInt64LE(at + 8) * secondPrime), 33n) * firstPrime)
      b = bits((rotated(b ^ second, 31n) + a) * 5n + 0x38495ab5n)
    }
    const end = BigInt(16 + padded.length)
    a = bits((a ^ end) + (b ^ end))
    b = bits((b ^ end) + a)
    a = mixed(a)
    b = mixed(b)
    a = bits(a + b)
    b = bits(b + a)
  }
  const words = new Uint32Array(new BigUint64Array([a, b]).buffer)
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join('')
}

describe('the hash of a text', () => {
  const source = readFileSync(new URL(import.meta.url), 'utf8')

  it.each(['', 'a', 'class Engine {}', 'ü€😀', source])('is that of its bytes', (text) => {
    expect(hex('head', text)).toBe(reference(['head\0', text]))
    expect(hex('head', Buffer.from(text))).toBe(hex('head', text))
  })

  it('of a long one is that of its parts', () => {
    const [first, second] = ['x'.repeat(65_536), 'y'.repeat(10)]
    expect(hex('head', first + second)).toBe(reference(['head\0', first], ['', second]))
  })

  it('cannot be had where what it begins with is too long', () => {
    expect(hashOf('h'.repeat(20_000), '')).toBeNull()
  })

  it('of bytes is that of all of them', () => {
    const bytes = Buffer.alloc(500_000, source)
    const before = hex('file', bytes)
    for (const at of [0, 196_607, 196_608, 499_999]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] as number) ^ 1
      expect(hex('file', changed)).not.toBe(before)
    }
    expect(hex('file', Buffer.concat([bytes, Buffer.alloc(1)]))).not.toBe(before)
  })

  it('tells texts apart that differ in one character, wherever it stands', () => {
    const long = 'x'.repeat(200_000)
    const seen = new Set([hex('', long)])
    for (const at of [0, 65_535, 65_536, 131_072, 199_999])
      seen.add(hex('', `${long.slice(0, at)}y${long.slice(at + 1)}`))
    seen.add(hex('', `${long}x`))
    seen.add(hex('other', long))
    expect(seen.size).toBe(8)
  })

  it('tells characters apart that stand where a long text is divided', () => {
    const before = 'x'.repeat(65_535)
    expect(hex('', `${before}😀`)).not.toBe(hex('', `${before}😁`))
  })
})
