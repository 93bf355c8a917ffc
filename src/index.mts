/**
 * What `node --import leakwatch` and `import 'leakwatch'` load: watches this thread, and exports the API. A second copy
 * joins the first. With `LEAKWATCH=off` nothing else is loaded.
 */
import type { Api } from './api.ts'
import { ownModule } from './own-modules.mts'

export type { AssertOptions, ReportOptions, Snapshot } from './api.ts'
export type { IgnoreRule } from './judge/ignore.ts'
export type { Engine, Finding, Frame, Handle, Report, Site, Stack } from './report/report.ts'
export type { EngineScope, TrackOptions } from './track.ts'

type Errors = typeof import('./leak-error.ts')

const key = Symbol.for('leakwatch/1')
const { isOff } = ownModule('is-off.js') as typeof import('./is-off.ts')

function api(): Api {
  const known = (globalThis as Record<symbol, Api | undefined>)[key]
  if (known !== undefined) return known
  const value: Api = isOff(process.env)
    ? (ownModule('idle.js') as typeof import('./idle.ts')).idleApi
    : (ownModule('install.js') as typeof import('./install.ts')).install(isLate())
  Object.defineProperty(globalThis, key, { value, configurable: true, writable: true, enumerable: false })
  return value
}

/** Whether the program's own code runs already: leakwatch is not among what Node was told to load first. */
function isLate(): boolean {
  const { href, pathname } = new URL('.', import.meta.url)
  const own = decodeURIComponent(pathname)
  const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  return !options.some((option) => {
    // `--import ./node_modules/x/index.js`, `--import=./x.js`
    const path = option.slice(option.indexOf('=') + 1)
    return (
      option.includes('leakwatch') ||
      option.includes(href) ||
      option.includes(own) ||
      (path.startsWith('.') && isIn(own, path))
    )
  })
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

/** What `assertNoLeaks` rejects with. */
export const LeakError: Errors['LeakError'] = (ownModule('leak-error.js') as Errors).LeakError
export type LeakError = import('./leak-error.ts').LeakError

/** Follows `target` as an engine, whatever its class is called. Gives it back; throws a TypeError where nothing stops it. */
export const track: Api['track'] = installed.track
/** Opens an engine that is no object; what runs inside `run` belongs to it, until `close`. */
export const openEngine: Api['openEngine'] = installed.openEngine
/** This engine or handle is meant to stay. Gives it back. */
export const ignore: Api['ignore'] = installed.ignore
/** A report once what is closing has closed, or the grace time is over. */
export const report: Api['report'] = installed.report
/** A report as things stand. */
export const reportSync: Api['reportSync'] = installed.reportSync
/** What is alive now. */
export const snapshot: Api['snapshot'] = installed.snapshot
/** Rejects with a `LeakError` where something was started and not stopped. */
export const assertNoLeaks: Api['assertNoLeaks'] = installed.assertNoLeaks
/** In a test or hook: the engines that it starts may stay. */
export const allowLeak: Api['allowLeak'] = installed.allowLeak
/** Told of each engine that starts or stops, and of each finding of a report. Returns its undo. */
export const on: Api['on'] = installed.on
