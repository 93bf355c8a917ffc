/** Runs in a process with tests of node:test. Starts leakwatch, and tells it what it needs to know of the run. */
import type { Installed } from '../../api/api.ts'
import { isMainThread } from '../../core/self/main-thread.ts'
import { installed, sessionOf } from '../session/installed.ts'

/** `load` imports a module. `null`: this process only starts others. */
export function beginWatching(load: (url: string) => Promise<unknown>): Installed | null {
  if (startsOthers(process.execArgv, process.env.NODE_TEST_CONTEXT)) return null
  const api = installed()
  const session = sessionOf(api)
  if (session === null) return api
  const { watchRun } = require('./run.js') as typeof import('./run.ts')
  const { argv, env, execArgv } = process
  const isShared = isMainThread && execArgv.includes('--test') && env.NODE_TEST_CONTEXT === undefined
  watchRun(session, isShared ? null : (argv[1] ?? ''), load)
  return api
}

/** `node --test` starts a process for each file, with the same flags, unless isolation is off. */
function startsOthers(flags: readonly string[], context: string | undefined): boolean {
  if (context !== undefined || !flags.includes('--test')) return false
  const isolation = flags.findLastIndex((flag) => /^--(?:experimental-)?test-isolation\b/.test(flag))
  const flag = flags[isolation] ?? ''
  return (flag.includes('=') ? flag.slice(flag.indexOf('=') + 1) : flags[isolation + 1]) !== 'none'
}
