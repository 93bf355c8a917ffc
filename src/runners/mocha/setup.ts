/** Runs in a process of mocha. Finds the copy of mocha that runs it, and wraps the methods of that copy. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Installed } from '../../api/api.ts'
import { sessionOf } from '../session/installed.ts'
import type { MochaClass } from './classes.ts'
import { watchRun } from './run.ts'
import { MochaTests } from './tests.ts'

const watched = Symbol.for('leakwatch/mocha')

/** `load` imports a module. A second call changes nothing. */
export async function watchMocha(api: Installed, load: (url: string) => Promise<object>): Promise<void> {
  const session = sessionOf(api)
  const entry = entryOfMain() ?? entryOfProject()
  if (session === null || entry === null) return
  const mocha = ((await load(pathToFileURL(entry).href)) as { default: MochaClass }).default
  if (watched in mocha.prototype) return
  Object.defineProperty(mocha.prototype, watched, { value: true })
  watchRun(session, mocha, new MochaTests(session, mocha))
}

/** The entry of the package of the process's main script: mocha's command, what that spawns, or a worker. */
function entryOfMain(): string | null {
  try {
    let folder = dirname(realpathSync(process.argv[1] ?? ''))
    while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder)
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }
    return name === 'mocha' ? join(folder, 'index.js') : null
  } catch {
    return null
  }
}

/** The entry of the project's mocha, for a program of the user that runs mocha. */
function entryOfProject(): string | null {
  try {
    return createRequire(join(process.cwd(), 'package.json')).resolve('mocha')
  } catch {
    return null
  }
}
