/** In a process that runs tests of node:test: leakwatch, and what it needs to know of the run. */
import type { Api } from '../api.ts'
import { ownModule } from '../own-modules.mts'
import { whenFirstTest } from './node-test-classes.mts'
import { watchRun } from './node-test-run.mts'

/** `null`: this process only starts others. */
export function beginWatching(): Api | null {
  if (startsOthers(process.execArgv, process.env.NODE_TEST_CONTEXT)) return null
  const { installed } = ownModule('runners/installed.js') as typeof import('./installed.ts')
  const api = installed()
  const session = api.forRunner()
  if (session === null) return api
  const { argv, env, execArgv } = process
  const { isMainThread } = ownModule('core/main-thread.js') as typeof import('../core/main-thread.ts')
  const isShared = isMainThread && execArgv.includes('--test') && env.NODE_TEST_CONTEXT === undefined
  const main = isShared ? null : (argv[1] ?? '')
  whenFirstTest((test) => watchRun(session, test, main))
  if (main !== null) session.beginFile(main)
  // The root is there before any file is, and has to be known then: it tells which comes.
  else process.getBuiltinModule('node:test').after(() => {})
  return api
}

/** `node --test` gives each file a process of its own, with the flags of this one, unless it is told to do all itself. */
function startsOthers(flags: readonly string[], context: string | undefined): boolean {
  if (context !== undefined || !flags.includes('--test')) return false
  const isolation = flags.findLastIndex((flag) => /^--(?:experimental-)?test-isolation\b/.test(flag))
  const flag = flags[isolation] ?? ''
  return (flag.includes('=') ? flag.slice(flag.indexOf('=') + 1) : flags[isolation + 1]) !== 'none'
}
