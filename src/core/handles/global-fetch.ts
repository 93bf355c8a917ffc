/** The dispatcher behind the global `fetch`, and undici's own: its sockets and timers are there for the whole process, whoever asked first. */

import type { PlainFrame } from '../stacks/frames.ts'
import { readSymbol } from './hidden-symbols.ts'

export function isOfGlobalFetch(frames: readonly PlainFrame[]): boolean {
  for (const { file } of frames) {
    if (file?.startsWith('node:internal/deps/undici') === true) return true
    if (file !== null && !file.startsWith('node:')) return false
  }
  return false
}

/** Whether the package has opened it: for a dispatcher of its own, where that is no engine. */
export function isOfUndici(frames: readonly PlainFrame[]): boolean {
  const file = frames.find((frame) => frame.file !== null && !frame.file.startsWith('node:'))?.file
  return file !== undefined && file !== null && /[\\/]node_modules[\\/]undici[\\/]/.test(file)
}

/** Whether no request is on its way on this socket. It is unref'd for that, but only a turn of the event loop later. */
export function isIdle(socket: object | null, ref: boolean): boolean {
  if (!ref || socket === null) return !ref
  const client = readSymbol(socket, 'client')
  return typeof client === 'object' && client !== null && readSymbol(client, 'size') === 0
}
