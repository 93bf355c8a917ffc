/** In a process of mocha's: which copy of mocha runs it, and leakwatch around that copy's own methods. */
import type { Api } from '../api.ts'
import type { MochaClass } from './mocha-classes.mts'
import { watchRun } from './mocha-run.mts'
import { MochaTests } from './mocha-tests.mts'

const { existsSync, readFileSync, realpathSync } = process.getBuiltinModule('node:fs')
const { createRequire } = process.getBuiltinModule('node:module')
const { dirname, join } = process.getBuiltinModule('node:path')
const { pathToFileURL } = process.getBuiltinModule('node:url')

const watched = Symbol.for('leakwatch/mocha')

/** Called again, it changes nothing. */
export async function beginWatching(api: Api): Promise<void> {
  const session = api.forRunner()
  const entry = entryOfMain() ?? entryOfProject()
  if (session === null || entry === null) return
  const mocha = ((await import(pathToFileURL(entry).href)) as { default: MochaClass }).default
  if (watched in mocha.prototype) return
  Object.defineProperty(mocha.prototype, watched, { value: true })
  watchRun(session, mocha, new MochaTests(session, mocha))
}

/** Of the package that the process's main script is part of: its command, what that spawns, or a worker. */
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

/** Where a program of the user's runs mocha. */
function entryOfProject(): string | null {
  try {
    return createRequire(join(process.cwd(), 'package.json')).resolve('mocha')
  } catch {
    return null
  }
}
