/** In a process that runs tests of node:test: leakwatch, and what it needs to know of the run. */
import type { Api } from '../api.ts'
import { isMainThread } from '../core/main-thread.ts'
import { installed } from './installed.ts'

/** `load`: imports a module. `null`: this process only starts others. */
export function beginWatching(load: (url: string) => Promise<unknown>): Api | null {
  if (startsOthers(process.execArgv, process.env.NODE_TEST_CONTEXT)) return null
  const api = installed()
  const session = api.forRunner()
  if (session === null) return api
  const { watchRun } = require('./node-test-run.js') as typeof import('./node-test-run.ts')
  const { argv, env, execArgv } = process
  const isShared = isMainThread && execArgv.includes('--test') && env.NODE_TEST_CONTEXT === undefined
  watchRun(session, isShared ? null : (argv[1] ?? ''), load)
  return api
}

/** `node --test` gives each file a process of its own, with the flags of this one, unless it is told to do all itself. */
function startsOthers(flags: readonly string[], context: string | undefined): boolean {
  if (context !== undefined || !flags.includes('--test')) return false
  const isolation = flags.findLastIndex((flag) => /^--(?:experimental-)?test-isolation\b/.test(flag))
  const flag = flags[isolation] ?? ''
  return (flag.includes('=') ? flag.slice(flag.indexOf('=') + 1) : flags[isolation + 1]) !== 'none'
}
