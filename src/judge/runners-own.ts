/** What runners of tests and of programs open for themselves. */
import { isInternal, isProgram } from '../core/stacks/frames.ts'
import type { Fault } from './judge.ts'
import { isFinal, type Trigger } from './kinds/trigger.ts'

/** The packages of test runners, of what compiles for them, and of what runs TypeScript. Teach leakwatch one more by adding a line. */
const packages = [
  '@jest/*',
  '@vitest/*',
  'ava',
  'esbuild',
  'jest-circus',
  'jest-cli',
  'jest-runner',
  'jest-runtime',
  'jest-util',
  'jest-worker',
  'mocha',
  'tinypool',
  'ts-node',
  'ts-node-dev',
  'tsx',
  'vite',
  'vite-node',
  'vitest',
  'workerpool',
]
const paths = packages.map((name) => name.replace('*', '\\w+').replace('/', '[\\\\/]'))
const runners = new RegExp(`[\\\\/]node_modules[\\\\/](?:${paths.join('|')})[\\\\/]`)

/** The timers of a page are jsdom's: Jest's scripts call them, and so do the program's. */
const page = /[\\/]node_modules[\\/]jsdom[\\/]/

/** Whether a runner's code opened it: an orphan, or a worker or child process on whose stack the program does not stand. */
export function isRunnersOwn({ engine, handles }: Fault): boolean {
  if (engine !== null && engine.origin !== 'core') return false
  const stack = engine === null ? handles[0]?.live.record.stack : (engine.started ?? engine.created)
  if (engine !== null && stack?.frames.some(isProgram) !== false) return false
  const innermost = stack?.frames.find((frame) => !isInternal(frame) && !page.test(frame.file ?? ''))
  return innermost?.file != null && runners.test(innermost.file)
}

/** A leak of a runner's stays where the process does not end: it may be what holds it. */
export function withoutRunnersOwn(faults: readonly Fault[], trigger: Trigger): Fault[] {
  if (!isFinal(trigger)) return [...faults]
  const mayHoldProcess = ({ severity }: Fault): boolean => trigger === 'stall' && severity === 'leak'
  return faults.filter((fault) => mayHoldProcess(fault) || !isRunnersOwn(fault))
}
