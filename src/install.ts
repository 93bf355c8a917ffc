/** Once a thread: settings in, everything wired here and nowhere else. */
import type { Api } from './api.ts'
import { setStackBudget } from './core/budget.ts'
import { later, now } from './core/clock.ts'
import { whenFirstStarted } from './core/engines.ts'
import { attempt } from './core/faults.ts'
import { followHandles } from './core/handles.ts'
import { isMainThread } from './core/main-thread.ts'
import { watchModules } from './detect/loader.ts'
import { hidePrintedProxies, patchFunctionText } from './detect/native-text.ts'
import { watchNodeEngines } from './detect/node/watch.ts'
import { installRegistry } from './detect/registry.ts'
import type { Finding } from './report/report.ts'
import type { Reporter } from './reporter.ts'
import type { TestSession } from './runners/session.ts'
import { readSettings, type Settings } from './settings.ts'
import type { Member } from './tree/member.ts'
import { isBystander } from './triggers/bystanders.ts'
import { reportAtExit } from './triggers/exit.ts'

/** What only some processes come to need is loaded when they do. */
const idle = (): Api => (require('./idle.js') as typeof import('./idle.ts')).idleApi

/** A test runner's integration judges by itself, and people read what it says. */
const inRunner: Partial<Settings> = { format: 'text', stacks: 'all', checkMs: 0 }

/** Starts to watch this thread. `isLate`: the program's code runs already. `isRunner`: for the tests that a runner is about to run. */
export function install(isLate: boolean, isRunner = false): Api {
  if (isBystander(process.argv[1])) return idle()
  const { settings, complaints } = readSettings(process.env, workingDirectory(), isRunner ? inRunner : {})
  const member = settings.enabled && settings.run !== null ? join(settings.run, settings, complaints) : null
  if (isMainThread && complaints.length > 0 && member === null) complain(complaints)
  if (!settings.enabled) return idle()
  const reporter = lateReporter(settings, process.argv[1] ?? null, isLate)
  watch(settings)
  // What a runner's integration has told of, no report at exit tells again.
  if (!isRunner || member !== null)
    installPart('exit and signals', () => reportAtExit(reporter, settings, member))
  if (settings.checkMs > 0) whenFirstStarted(() => beginChecks(reporter, settings.checkMs))
  return lateApi(reporter, settings)
}

/** `leakwatch run` tells what is wrong with the settings, once for all of its processes. */
function join(run: string, { signal }: Settings, complaints: readonly string[]): Member | null {
  let member: Member | null = null
  installPart('the tree', () => {
    const { joinTree } = require('./tree/member.js') as typeof import('./tree/member.ts')
    member = joinTree(run, { signal, complaints: isMainThread ? complaints : [] })
  })
  return member
}

function complain(lines: readonly string[]): void {
  const { writeAll } = require('./report/write.js') as typeof import('./report/write.ts')
  for (const line of lines) writeAll(2, `${line}\n`)
}

/** Gives the one reporter of this thread, made for the first report. */
function lateReporter(settings: Settings, main: string | null, isLate: boolean): () => Reporter {
  let reporter: Reporter | null = null
  return () => {
    if (reporter === null) {
      const { Reporter } = require('./reporter.js') as typeof import('./reporter.ts')
      reporter = new Reporter(settings, main, isLate)
    }
    return reporter
  }
}

function beginChecks(reporter: () => Reporter, checkMs: number): void {
  const due = now() + checkMs
  later(checkMs, () => {
    const { checkRegularly } = require('./triggers/check.js') as typeof import('./triggers/check.ts')
    checkRegularly(reporter, checkMs, due)
  })
}

/** The API, loaded with the first call. */
function lateApi(reporter: () => Reporter, settings: Settings): Api {
  let made: Omit<Api, 'forRunner'> | null = null
  let session: TestSession | null = null
  const api = (): Omit<Api, 'forRunner'> => {
    made ??= (require('./api.js') as typeof import('./api.ts')).makeApi(reporter())
    return made
  }
  return {
    track: (target, options) => api().track(target, options),
    openEngine: (name) => api().openEngine(name),
    ignore: (target, reason) => api().ignore(target, reason),
    report: (options) => api().report(options),
    reportSync: () => api().reportSync(),
    snapshot: () => api().snapshot(),
    assertNoLeaks: (options) => api().assertNoLeaks(options),
    on: ((event: 'finding', listener: (finding: Finding) => void) => api().on(event, listener)) as Api['on'],
    allowLeak: (reason) => api().allowLeak(reason),
    forRunner: () => {
      if (session === null) {
        const { TestSession } = require('./runners/session.js') as typeof import('./runners/session.ts')
        session = new TestSession(reporter(), settings)
      }
      return session
    },
  }
}

function watch(settings: Settings): void {
  setStackBudget(settings.stacks, settings.stackBudget)
  if (settings.why) {
    const { askForSecondOpinion } = require('./second-opinion.js') as typeof import('./second-opinion.ts')
    installPart('why-is-node-running', askForSecondOpinion)
  }
  installPart("Node's own engines", () => watchNodeEngines(settings.detect))
  installPart('source texts', patchFunctionText)
  installPart('printed proxies', hidePrintedProxies)
  if (settings.detect) {
    installPart('the registry', installRegistry)
    installPart('the loader', () => watchModules([...process.execArgv, process.env.NODE_OPTIONS ?? '']))
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
