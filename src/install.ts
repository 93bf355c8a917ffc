/** Once a thread: settings in, everything wired here and nowhere else. */
import { isMainThread } from 'node:worker_threads'
import { type Api, makeApi } from './api.ts'
import { setStackBudget } from './core/budget.ts'
import { attempt } from './core/faults.ts'
import { followHandles } from './core/handles.ts'
import { watchModules } from './detect/loader.ts'
import { patchFunctionText } from './detect/native-text.ts'
import { watchChildren } from './detect/node/child-process.ts'
import { watchDatagrams } from './detect/node/dgram.ts'
import { watchFileHandles } from './detect/node/file-handle.ts'
import { watchWatchers } from './detect/node/fs.ts'
import { watchAgents } from './detect/node/http-agent.ts'
import { watchServers } from './detect/node/net.ts'
import { watchReadline } from './detect/node/readline.ts'
import { watchWorkers } from './detect/node/worker.ts'
import { hidePrintedProxies } from './detect/printed-proxies.ts'
import { installRegistry } from './detect/registry.ts'
import { idleApi } from './idle.ts'
import { writeAll } from './report/write.ts'
import { Reporter } from './reporter.ts'
import { askForSecondOpinion } from './second-opinion.ts'
import { readSettings, type Settings } from './settings.ts'
import { isBystander } from './triggers/bystanders.ts'
import { reportAtExit } from './triggers/exit.ts'

/** Starts to watch this thread. `isLate`: the program's code runs already. */
export function install(isLate: boolean): Api {
  if (isBystander(process.argv[1])) return idleApi
  const { settings, complaints } = readSettings(process.env, workingDirectory())
  for (const complaint of complaints) if (isMainThread) writeAll(2, `${complaint}\n`)
  if (!settings.enabled) return idleApi
  const reporter = new Reporter(settings, process.argv[1] ?? null, isLate)
  watch(settings)
  installPart('exit and signals', () => reportAtExit(reporter, settings))
  return makeApi(reporter)
}

function watch(settings: Settings): void {
  setStackBudget(settings.stacks, settings.stackBudget)
  if (settings.why) installPart('why-is-node-running', askForSecondOpinion)
  for (const part of [
    watchServers,
    watchDatagrams,
    watchWorkers,
    watchChildren,
    watchWatchers,
    watchFileHandles,
    watchAgents,
    watchReadline,
  ]) {
    installPart(part.name, part)
  }
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
