/** Stacks of programs that froze `Error`: they only come as text, in V8's own format. */
import type { RawHolder } from './captured-stack.ts'
import { frameOfText, type PlainFrame } from './frames.ts'

const frameText = /^\s+at (?:(?:async )?(new )?(.*?) \()?(.*?):(\d+):(\d+)\)?$/

/** The frames of a capture. */
export function readText(raw: RawHolder, _ofPlace: unknown, inner: number): readonly PlainFrame[] {
  const frames: PlainFrame[] = []
  let passed = 0
  for (const line of typeof raw.stack === 'string' ? raw.stack.split('\n') : []) {
    const match = frameText.exec(line)
    if (match === null) continue
    passed += 1
    if (passed <= inner) continue
    const frame = frameOfText(match[3] ?? null, {
      function: match[2] ?? null,
      line: Number(match[4]),
      column: Number(match[5]),
      construct: match[1] !== undefined,
    })
    if (frame !== null) frames.push(frame)
  }
  return frames
}
