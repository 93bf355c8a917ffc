/** What a test runner opens for itself. */
import { isInternal, isProgram } from '../core/frames.ts'
import type { Fault } from './judge.ts'
import { isFinal, type Trigger } from './verdict.ts'

/** With what compiles for them. */
const runners =
  /[\\/]node_modules[\\/](?:vitest|@vitest[\\/]\w+|vite|esbuild|tinypool|mocha|workerpool|ava|jest-(?:circus|cli|runner|runtime|worker|util)|@jest[\\/]\w+)[\\/]/

/** Its timers are what a page's scripts call: those of Jest go through it as the program's do. */
const page = /[\\/]node_modules[\\/]jsdom[\\/]/

/** An orphan, or a worker or child process that the program did not ask for, whose innermost code, Node's apart, is a runner's. */
export function isRunnersOwn({ engine, handles }: Fault): boolean {
  if (engine !== null && engine.origin !== 'core') return false
  const stack = engine === null ? handles[0]?.live.record.stack : (engine.started ?? engine.created)
  if (engine !== null && stack?.frames.some(isProgram) !== false) return false
  const innermost = stack?.frames.find((frame) => !isInternal(frame) && !page.test(frame.file ?? ''))
  return innermost?.file != null && runners.test(innermost.file)
}

/** What may hold a process up is told of a runner, too. */
export function withoutRunnersOwn(faults: readonly Fault[], trigger: Trigger): Fault[] {
  if (!isFinal(trigger)) return [...faults]
  const isTold = ({ severity }: Fault): boolean => trigger === 'stall' && severity === 'leak'
  return faults.filter((fault) => isTold(fault) || !isRunnersOwn(fault))
}
