/**
 * SHA-256 of a short text (FIPS 180-4). Node's own would load `node:crypto`, in 3 to 7 ms: a process that ends with one finding would wait longer
 * for its id than for all else that is said of it.
 */
const blockBytes = 64
const lengthBytes = 8

/** The first 32 bits of the fractions of roots of the first primes. */
function fractions(count: number, root: (prime: number) => number): Uint32Array {
  const found: number[] = []
  for (let number = 2; found.length < count; number += 1)
    if (isPrime(number)) found.push((root(number) % 1) * 2 ** 32)
  return Uint32Array.from(found)
}

function isPrime(number: number): boolean {
  for (let factor = 2; factor * factor <= number; factor += 1) if (number % factor === 0) return false
  return true
}

const start = fractions(8, Math.sqrt)
const constants = fractions(64, Math.cbrt)

/** In hexadecimal digits. */
export function sha256(text: string): string {
  const state = start.slice()
  const message = padded(Buffer.from(text))
  for (let at = 0; at < message.byteLength; at += blockBytes) mix(state, message, at)
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('')
}

/** One bit that is set, none that are, and how many bits the text has. */
function padded(bytes: Uint8Array): DataView {
  const blocks = Math.ceil((bytes.length + 1 + lengthBytes) / blockBytes)
  const message = new Uint8Array(blocks * blockBytes)
  message.set(bytes)
  message[bytes.length] = 0x80
  const view = new DataView(message.buffer)
  view.setBigUint64(message.length - lengthBytes, BigInt(bytes.length) * 8n)
  return view
}

function mix(state: Uint32Array, message: DataView, at: number): void {
  const words = new Uint32Array(64)
  const word = (index: number): number => words[index] as number
  for (let index = 0; index < 16; index += 1) words[index] = message.getUint32(at + index * 4)
  for (let index = 16; index < 64; index += 1) {
    const [early, late] = [word(index - 15), word(index - 2)]
    const fromEarly = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)
    const fromLate = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10)
    words[index] = word(index - 16) + fromEarly + word(index - 7) + fromLate
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ]
  for (let index = 0; index < 64; index += 1) {
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const first =
      h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + (constants[index] as number) + word(index)
    const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0]
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries())
    state[index] = (state[index] as number) + value
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}
