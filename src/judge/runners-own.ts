/** What a test runner opens for itself. */
import { isInternal } from '../core/frames.ts'
import type { Fault } from './judge.ts'

const runners =
  /[\\/]node_modules[\\/](?:vitest|@vitest[\\/]\w+|vite|tinypool|mocha|jest-(?:circus|runner|runtime|worker|util)|@jest[\\/]\w+)[\\/]/

/** Its timers are what a page's scripts call: those of Jest go through it as the program's do. */
const page = /[\\/]node_modules[\\/]jsdom[\\/]/

/** An orphan whose innermost code, Node's apart, is a runner's. */
export function isRunnersOwn({ engine, handles }: Fault): boolean {
  if (engine !== null) return false
  const innermost = handles[0]?.live.record.stack?.frames.find(
    (frame) => !isInternal(frame) && !page.test(frame.file ?? ''),
  )
  return innermost?.file != null && runners.test(innermost.file)
}
