/** Once a thread: settings in, everything wired here and nowhere else. */
import type { Api, Installed } from './api/api.ts'
import { whenFirstStarted } from './core/engines/running-engines.ts'
import { state as engines } from './core/engines/state.ts'
import { followHandles } from './core/handles/follow-handles.ts'
import { attempt } from './core/self/faults.ts'
import { isMainThread } from './core/self/main-thread.ts'
import { setStackBudget } from './core/stacks/budget.ts'
import { setHome } from './core/stacks/frames.ts'
import { later, now } from './core/time/clock.ts'
import { hidePrintedProxies, patchFunctionText } from './detect/lifecycle/function-text.ts'
import { installRegistry, keepInstalled } from './detect/lifecycle/registry.ts'
import { watchModules } from './detect/loader/loader.ts'
import { watchNodeEngines } from './detect/node/watch.ts'
import { inserted } from './detect/source/hook-name.ts'
import type { Reporter } from './live/reporter.ts'
import type { Member } from './processes/tree/member.ts'
import type { Finding } from './report/schema/report.ts'
import { installedFolder, lookForProgram, program } from './settings/program.ts'
import { readSettings, type Settings } from './settings/settings.ts'
import { reportAtExit } from './triggers/exit.ts'
import { isUnwatched } from './triggers/unwatched-programs.ts'

/** What only some processes come to need is loaded when they do. */
const off = (): Installed => (require('./api/off-api.js') as typeof import('./api/off-api.ts')).offApi

/** A test runner's integration judges by itself, and people read what it says. */
const inRunner: Partial<Settings> = { format: 'text', stacks: 'all', checkMs: 0 }

/** Starts to watch this thread. `isLate`: the program's code runs already. `isRunner`: for the tests that a runner is about to run. */
export function install(isLate: boolean, isRunner = false): Installed {
  const installed = started(isLate, isRunner)
  installPart('the one of this thread', () => keepInstalled(installed))
  return installed
}

function started(isLate: boolean, isRunner: boolean): Installed {
  if (isUnwatched(process.argv[1])) return off()
  const { service } = lookForProgram(process.env)
  const read = readSettings(process.env, workingDirectory(), isRunner ? inRunner : {})
  const settings = { ...read.settings, service: read.settings.service ?? service }
  const { complaints } = read
  const member = settings.enabled && settings.run !== null ? join(settings.run, settings, complaints) : null
  if (isMainThread && complaints.length > 0 && member === null) complain(complaints)
  if (isMainThread && settings.enabled && !isRunner && !isLate)
    installPart('hooks of require', complainOfImport)
  if (!settings.enabled) return off()
  // A thread's main script is another.
  if (isMainThread) setHome(installedFolder(program().main, process.env))
  const reporter = lateReporter(settings, isLate)
  watch(settings)
  // What a runner's integration has told of, no report at exit tells again.
  if (!isRunner || member !== null)
    installPart('exit and signals', () => reportAtExit(reporter, settings, member))
  if (settings.checkMs > 0) {
    whenFirstStarted(() => beginChecks(reporter, settings.checkMs))
    engines.whenCallersWait = (ms) => lateChecks().checkWaiting(reporter, ms)
  }
  return lateApi(reporter, settings)
}

/** `leakwatch run` tells what is wrong with the settings, once for all of its processes. */
function join(run: string, { signal }: Settings, complaints: readonly string[]): Member | null {
  let member: Member | null = null
  installPart('the tree', () => {
    const { joinTree } = require('./processes/tree/member.js') as typeof import('./processes/tree/member.ts')
    member = joinTree(run, { signal, complaints: isMainThread ? complaints : [] })
  })
  return member
}

function complain(lines: readonly string[]): void {
  const { writeError } = require('./report/output/write.js') as typeof import('./report/output/write.ts')
  for (const line of lines) writeError(`${line}\n`)
}

function complainOfImport(): void {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? '']
  // Few processes name one, and read the file.
  if (!/register|ts-node/.test(`${options} ${process.argv[1]}`)) return
  const { skippedHook } =
    require('./settings/skipped-hooks.js') as typeof import('./settings/skipped-hooks.ts')
  const hook = skippedHook(options, process.argv[1])
  if (hook === null) return
  const { errors } = require('./errors/errors.js') as typeof import('./errors/errors.ts')
  complain([errors.LEAKWATCH_IMPORT(hook)])
}

/** Gives the one reporter of this thread, made for the first report. */
function lateReporter(settings: Settings, isLate: boolean): () => Reporter {
  let reporter: Reporter | null = null
  return () => {
    if (reporter === null) {
      const { Reporter } = require('./live/reporter.js') as typeof import('./live/reporter.ts')
      reporter = new Reporter(settings, { main: program().main, isLate })
    }
    return reporter
  }
}

function beginChecks(reporter: () => Reporter, checkMs: number): void {
  const due = now() + checkMs
  later(checkMs, () => {
    lateChecks().checkRegularly(reporter, checkMs, due)
  })
}

function lateChecks(): typeof import('./triggers/check.ts') {
  return require('./triggers/check.js')
}

/** The API, loaded with the first call. */
function lateApi(reporter: () => Reporter, settings: Settings): Installed {
  let made: Api | null = null
  const api = (): Api => {
    made ??= (require('./api/api.js') as typeof import('./api/api.ts')).makeApi(reporter())
    return made
  }
  return {
    track: (target, options) => api().track(target, options),
    lease: (from, taken, options) => api().lease(from, taken, options),
    openEngine: (name) => api().openEngine(name),
    ignore: (target, reason) => api().ignore(target, reason),
    report: (options) => api().report(options),
    reportSync: () => api().reportSync(),
    snapshot: () => api().snapshot(),
    assertNoLeaks: (options) => api().assertNoLeaks(options),
    on: ((event: 'finding', listener: (finding: Finding) => void) => api().on(event, listener)) as Api['on'],
    allowLeak: (reason) => api().allowLeak(reason),
    inside: { folder: __dirname, reporter, settings, module: (path) => require(`./${path}`), session: null },
  }
}

function watch(settings: Settings): void {
  setStackBudget(settings.stacks, settings.stackBudget)
  if (settings.why) {
    const { askForSecondOpinion } =
      require('./live/second-opinion.js') as typeof import('./live/second-opinion.ts')
    installPart('why-is-node-running', askForSecondOpinion)
  }
  installPart("Node's engines", () => watchNodeEngines(settings.detect))
  if ('gc' in globalThis)
    installPart('gc', () => (require('./core/time/gc.js') as typeof import('./core/time/gc.ts')).letGoFirst())
  installPart('source texts', patchFunctionText)
  installPart('printed proxies', hidePrintedProxies)
  if (settings.detect) {
    inserted.intoMethods = process.env.NODE_V8_COVERAGE === undefined
    inserted.verbs = settings.verbs === null ? '' : JSON.stringify(settings.verbs)
    installPart('registry', installRegistry)
    installPart('loader', () => watchModules([...process.execArgv, process.env.NODE_OPTIONS ?? '']))
  }
  // Last: what leakwatch itself opened is nobody's business.
  installPart('async_hooks', followHandles)
}

/** One part that cannot be installed leaves the others working. */
function installPart(part: string, install: () => unknown): void {
  attempt(`installing ${part}`, install)
}

function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}
