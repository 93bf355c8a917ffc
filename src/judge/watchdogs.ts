/**
 * The timers that bound a shutdown: one-shot, made once a signal had asked the program to end, and ending the process or the wait for
 * it. They are there on purpose, and go with the process. Pure.
 */
import type { OwnedHandle, Stock } from '../core/stock.ts'
import { type CallbackText, callbackText } from './kinds/callback-text.ts'

/** `askedAt`: when a signal asked the program to end; `null`: none did. */
export function withoutWatchdogs(stock: Stock, askedAt: number | null): Stock {
  if (askedAt === null) return stock
  return { ...stock, handles: stock.handles.filter((handle) => !isWatchdog(handle, askedAt)) }
}

function isWatchdog(handle: OwnedHandle, askedAt: number): boolean {
  const { openedAt, round } = handle.live.record
  // What was made again and again before the signal, and still is, tries again.
  const began = round?.first.openedAt ?? openedAt
  const callback = began < askedAt ? null : callbackText(handle)
  return callback !== null && endsShutdown(callback)
}

/** `process.exit(1)`, `forceExit()`, `child.kill()`, a throw that nobody catches, or the promise that a race waits for. */
const ending =
  /\bprocess\s*(?:\?\.|\.)\s*(?:exit|kill|abort|reallyExit|emit)\b|\b\w*(?:[Ee]xit|[Kk]ill|[Aa]bort|[Tt]erminate|[Rr]eject|[Rr]esolve)\w*\s*\(|\b(?:die|crash|throw)\b/

/** A promise's own function has neither text nor name. */
function endsShutdown({ text, name }: CallbackText): boolean {
  return text === '' ? name === '' || ending.test(`${name}(`) : ending.test(text)
}
