/** In a process of mocha's: which copy of mocha runs it, and leakwatch around that copy's own methods. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Api } from '../api.ts'
import type { MochaClass } from './mocha-classes.ts'
import { watchRun } from './mocha-run.ts'
import { MochaTests } from './mocha-tests.ts'

const watched = Symbol.for('leakwatch/mocha')

/** `load`: imports a module. Called again, it changes nothing. */
export async function watchMocha(api: Api, load: (url: string) => Promise<object>): Promise<void> {
  const session = api.forRunner()
  const entry = entryOfMain() ?? entryOfProject()
  if (session === null || entry === null) return
  const mocha = ((await load(pathToFileURL(entry).href)) as { default: MochaClass }).default
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
