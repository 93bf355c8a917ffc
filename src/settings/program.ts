/** The user's program, also where the main script is that of a process manager or a pool, which loads it into its own process. */
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Program {
  /** The main script; `null` where no file is the user's. */
  main: string | null
  /** The name of its package, where `main` does not lead to it. */
  service: string | null
  /** The file that takes the place of stderr; `null`: there is none. */
  errorLog: string | null
}

const ofPm2 = /[\\/]pm2[\\/]lib[\\/]ProcessContainer\w*\.js$/
const ofPool = /[\\/]jest-worker[\\/](?:\w+[\\/])*processChild\.js$/

let known: Program = { main: process.argv[1] ?? null, service: null, errorLog: null }
/** Where `--require` preloads leakwatch into a worker, Node has not named its script yet. */
let isNamed = true

/** Looks once, at the start of a thread: later on pm2 removes what tells. */
export function lookForProgram(env: NodeJS.ProcessEnv): Program {
  const [, script] = process.argv
  isNamed = script !== undefined
  known = programOf(script, env)
  return known
}

export function program(): Program {
  if (!isNamed) known.main = process.argv[1] ?? null
  return known
}

export function programOf(script: string | undefined, env: NodeJS.ProcessEnv): Program {
  const program = { main: script ?? null, service: null, errorLog: null }
  if (script === undefined) return program
  if (ofPm2.test(script)) return { ...program, ...ofPm2Env(env) }
  return ofPool.test(script) ? { ...program, main: null, service: packageName() } : program
}

interface Pm2Env {
  pm_exec_path?: string
  pm_err_log_path?: string
  disable_logs?: boolean
}

/**
 * In cluster mode pm2's script sets its variables from one, and writes what the program writes to stderr into a file: the descriptor is
 * that of pm2's daemon.
 */
function ofPm2Env({ pm_exec_path, pm2_env }: NodeJS.ProcessEnv): Partial<Program> {
  if (pm_exec_path !== undefined) return { main: pm_exec_path }
  try {
    const { pm_exec_path: main, pm_err_log_path = null, disable_logs } = JSON.parse(pm2_env ?? '') as Pm2Env
    return main === undefined ? {} : { main, errorLog: disable_logs === true ? nowhere() : pm_err_log_path }
  } catch {
    return {}
  }
}

function nowhere(): string {
  return (require('node:os') as typeof import('node:os')).devNull
}

/** The folder of its package, where that lies in `node_modules` and is a program of its own. */
export function installedFolder(main: string | null, env: NodeJS.ProcessEnv): string | null {
  if (main === null) return null
  let path = main
  try {
    path = realpathSync(main)
  } catch {
    // Node complains of a script that it cannot find
  }
  if (!/[\\/]node_modules[\\/]/.test(path)) return null
  const { folderOfInstalled } = require('./installed-program.js') as typeof import('./installed-program.ts')
  return folderOfInstalled(path, env)
}

function packageName(): string | null {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    try {
      const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }
      if (typeof name === 'string') return name
    } catch {
      // it is further up, or nowhere
    }
    if (folder === dirname(folder)) return null
  }
}
