/**
 * What `node --import leakwatch` and `import 'leakwatch'` load: watches this thread, and exports the API. A second copy joins the
 * first. With `LEAKWATCH=off` nothing else is loaded. The build makes a CommonJS file of it, for `node --require leakwatch`.
 */
import type { Api, Installed } from './api/api.ts'
import { installedBefore, ownModule } from './packaging/own-modules.mts'

export type { LeaseOptions } from './api/lease.ts'
export type { AssertOptions, ReportOptions, Snapshot } from './api/options.ts'
export type { EngineScope, TrackOptions } from './api/track.ts'
export type { IgnoreRule } from './judge/ignore.ts'
export type { Engine, Finding, Frame, Handle, Report, Site, Stack } from './report/schema/report.ts'

type Errors = typeof import('./api/leak-error.ts')

function api(): Installed {
  const known = installedBefore() as Installed | undefined
  if (known !== undefined) return known
  const { isOff } = ownModule('settings/early/is-off.js') as typeof import('./settings/early/is-off.ts')
  return isOff(process.env) || isLoaderThread()
    ? (ownModule('api/off-api.js') as typeof import('./api/off-api.ts')).offApi
    : (ownModule('install.js') as typeof import('./install.ts')).install(isLate())
}

/**
 * Whether this is a thread of Node's own, in which hooks of `module.register` run: Node loads there what `--require` names as well. Read
 * off a function that a worker does not have: the main thread needs not load `node:worker_threads`.
 */
function isLoaderThread(): boolean {
  if (!('disabled' in process.abort)) return false
  // Since Node 22.14.
  const { isInternalThread } = process.getBuiltinModule('node:worker_threads') as {
    isInternalThread?: boolean
  }
  if (isInternalThread !== undefined) return isInternalThread
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = Infinity
  const { stack } = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return stack?.includes('(node:internal/modules/esm/worker:') === true
}

/** Whether the program's own code runs already: Node was not told to load leakwatch first. */
function isLate(): boolean {
  const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  return !options.some((option) => option.includes('leakwatch')) && !options.some(namesOwnFile)
}

/** `--import ./node_modules/x/index.js`, `--import=./x.js` */
function namesOwnFile(option: string): boolean {
  const own = import.meta.dirname + process.getBuiltinModule('node:path').sep
  const { href } = process.getBuiltinModule('node:url').pathToFileURL(own)
  const path = option.slice(option.indexOf('=') + 1)
  return option.includes(own) || option.includes(href) || (path.startsWith('.') && isIn(own, path))
}

function isIn(folder: string, path: string): boolean {
  try {
    return process.getBuiltinModule('node:path').resolve(path).startsWith(folder)
  } catch {
    // the working directory is gone
    return false
  }
}

const installed = api()

/** That of the copy which throws it. */
const errors = (installed.inside?.module('api/leak-error.js') ?? ownModule('api/leak-error.js')) as Errors

/** The error of `assertNoLeaks`. */
export const LeakError: Errors['LeakError'] = errors.LeakError
export type LeakError = import('./api/leak-error.ts').LeakError

/** Follows `target` as an engine, whatever its class is called. Gives it back; throws a TypeError where nothing stops it. */
export const track: Api['track'] = installed.track
/** Says that `taken` was taken from `from`, to be given back. Gives it back; throws a TypeError where nothing does that. */
export const lease: Api['lease'] = installed.lease
/** Opens an engine that is no object; what runs inside `run` belongs to it, until `close`. */
export const openEngine: Api['openEngine'] = installed.openEngine
/** Says that this engine or handle is meant to stay. Gives it back. */
export const ignore: Api['ignore'] = installed.ignore
/** A report once what is closing has closed, or the grace time is over. */
export const report: Api['report'] = installed.report
/** A report as things stand. */
export const reportSync: Api['reportSync'] = installed.reportSync
/** What is alive now. */
export const snapshot: Api['snapshot'] = installed.snapshot
/** Rejects with a `LeakError` where something was started and not stopped. */
export const assertNoLeaks: Api['assertNoLeaks'] = installed.assertNoLeaks
/** Called in a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = installed.allowLeak
/** Calls `listener` for each engine that starts or stops, or for each finding of a report. Returns its undo. */
export const on: Api['on'] = installed.on
