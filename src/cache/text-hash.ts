/**
 * A hash of 128 bits: two texts that differ have different ones, unless somebody made them to collide, and who writes the program's
 * files needs no collision to change what it does. Node's own would load `node:crypto`, in 2 to 7 ms; in JavaScript it takes as long
 * as what the cache is to save; this module is there in 0.3 ms and reads a gigabyte a second.
 */

/** The mixing of MurmurHash3 (x64, 128 bits). `test/cache/text-hash.test.ts` has it in words. */
const wasm =
  'AGFzbQEAAAABCgJgAX8AYAF+AX4DAwIAAQUDAQAEBwkCAW0CAAFoAAAKlgIC3gECAX8CfkEAKQMAIQJBACkDCCEDQRAhAQJAA0AgASAATw0BIAIgASkDAELV' +
  'p4mKkfLe4Yd/fkIfiUL/ppa6sqjr+swAfoVCG4kgA3xCBX5Cqc7zlgV8IQIgAyABKQMIQv+mlrqyqOv6zAB+QiGJQtWniYqR8t7hh39+hUIfiSACfEIFfkK1' +
  'taXCA3whAyABQRBqIQEMAAsLIAIgAK2FIQIgAyAArYUhAyACIAN8IQIgAyACfCEDIAIQASECIAMQASEDIAIgA3whAiADIAJ8IQNBACACNwMAQQAgAzcDCAs0' +
  'ACAAIABCIYiFQs2Z1ur++uuof34hACAAIABCIYiFQtPYl9Thv67nRH4hACAAIABCIYiFCw=='

/** Two numbers of 64 bits stand at the beginning of its memory, then how many bytes of a text follow. */
const stateBytes = 16
const prefixBytes = stateBytes + 4
/** At once, so that they fit into the memory whatever they are. */
const charactersAtOnce = 2 ** 16
const bytesAtOnce = 3 * charactersAtOnce
const headAtMost = 2 ** 14

interface Hasher {
  memory: Buffer
  state: Uint32Array
  length: Uint32Array
  /** Mixes what stands between the state and `end` into the state. */
  mix(end: number): void
}

/** What Node's types leave to those of browsers. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { exports: { m: { buffer: ArrayBuffer }; h(end: number): void } }
}

/** `null`: there is no WebAssembly here, or not enough address space. */
let hasher: Hasher | null | undefined
const { write } = Buffer.prototype
const { fill } = Uint8Array.prototype
const { charCodeAt, slice } = String.prototype

function makeHasher(): Hasher | null {
  try {
    const { Instance, Module } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly
    const { m, h } = new Instance(new Module(Buffer.from(wasm, 'base64'))).exports
    return {
      memory: Buffer.from(m.buffer),
      state: new Uint32Array(m.buffer, 0, 4),
      length: new Uint32Array(m.buffer, stateBytes, 1),
      mix: h,
    }
  } catch {
    return null
  }
}

/**
 * Of a text, and of `head`, which says what kind of text it is. Four numbers, overwritten by the next; `null`: it cannot be had. The bytes of
 * a text have its hash, where they are not too many to be read at once.
 */
export function hashOf(head: string, text: string | Uint8Array): Uint32Array | null {
  if (hasher === undefined) hasher = makeHasher()
  if (hasher === null || head.length > headAtMost) return null
  hasher.state.fill(0)
  const from = prefixBytes + writeText(hasher, `${head}\0`, prefixBytes)
  if (typeof text === 'string') mixText(hasher, text, from)
  else mixBytes(hasher, text, from)
  return hasher.state
}

function writeText({ memory }: Hasher, text: string, at: number): number {
  return Reflect.apply(write, memory, [text, at] as never)
}

/** The first part stands after the head, at `at`. */
function mixText(to: Hasher, text: string, at: number): void {
  let start = at
  let from = 0
  do {
    let end = Math.min(text.length, from + charactersAtOnce)
    // The two halves of one character stay together: alone, all of them are written as the same.
    if (end < text.length && (Reflect.apply(charCodeAt, text, [end - 1]) & 0xfc00) === 0xd800) end -= 1
    const part = from === 0 && end === text.length ? text : Reflect.apply(slice, text, [from, end])
    mixWritten(to, start, writeText(to, part, start))
    start = prefixBytes
    from = end
  } while (from < text.length)
}

function mixBytes(to: Hasher, bytes: Uint8Array, at: number): void {
  let start = at
  let from = 0
  do {
    const part = bytes.length <= bytesAtOnce ? bytes : bytes.subarray(from, from + bytesAtOnce)
    to.memory.set(part, start)
    mixWritten(to, start, part.length)
    start = prefixBytes
    from += bytesAtOnce
  } while (from < bytes.length)
}

/** It reads sixteen bytes at a time. */
function mixWritten(to: Hasher, start: number, length: number): void {
  to.length[0] = length
  const end = start + length
  const padded = (end + 15) & ~15
  Reflect.apply(fill, to.memory, [0, end, padded])
  to.mix(padded)
}
