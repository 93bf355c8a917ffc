/** Where the cache is. Nothing is looked for before somebody asks. */
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { cacheSetting } from '../settings/early/cache-setting.ts'
import { pathIn } from '../settings/early/config-file.ts'

export interface CachePlace {
  folder: string
  /** Has to be there and to be this user's before the folder is made; `null`: the user has named the folder. */
  within: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

interface Process {
  env: Environment
  cwd: string
  /** As `process.argv` has it; `undefined`: none. */
  main: string | undefined
  /** Node's options, of its command line and its environment. */
  options: readonly string[]
}

let opened: Process | null = null
let found: readonly CachePlace[] | null = null

/** From now on there is a cache, unless the settings say otherwise. */
export function openCache(
  env: Environment,
  cwd: string,
  argv: readonly string[],
  options: readonly string[],
): void {
  opened = { env, cwd, main: argv[1], options: [...options, ...(env.NODE_OPTIONS ?? '').split(/\s+/)] }
  found = null
}

/** A path or a text changes no code of V8's, nor does what differs from one process of a tree to the next. */
const v8Option = /^--(?!inspect|test|watch|title|import|require|env)[\w-]+(?:=[\w.]{0,16})?$/

/** Options that V8's code may depend on. */
export function nodeOptions(): string {
  return (opened?.options ?? []).filter((option) => v8Option.test(option)).join(' ')
}

/** The first that can be used counts; none: there is no cache. Never throws. */
export function cachePlaces(): readonly CachePlace[] {
  if (found !== null) return found
  try {
    found = opened === null ? [] : placesFor(opened)
  } catch {
    found = []
  }
  return found
}

function placesFor({ env, cwd, main }: Process): CachePlace[] {
  const setting = cacheSetting(env, cwd)
  if (setting === 'off') return []
  if (setting !== 'auto') return isAbsolute(setting) ? [{ folder: setting, within: null }] : []
  const places: CachePlace[] = []
  const project = projectFolder(main, cwd)
  if (project !== null) {
    const modules = join(project, 'node_modules')
    places.push({ folder: join(modules, '.cache', 'leakwatch'), within: modules })
  }
  const compileCache = env.NODE_COMPILE_CACHE ? resolve(cwd, env.NODE_COMPILE_CACHE) : null
  if (compileCache !== null) places.push({ folder: join(compileCache, 'leakwatch'), within: compileCache })
  return places
}

/** The nearest folder that has a `package.json` and packages. A tool belongs to the project that has installed it. */
export function projectFolder(main: string | undefined, cwd: string): string | null {
  const from = main !== undefined && isAbsolute(main) ? dirname(main) : cwd
  if (!isAbsolute(from)) return null
  for (let folder = from.replace(/[\\/]node_modules(?:[\\/].*)?$/, ''); ; folder = dirname(folder)) {
    if (existsSync(pathIn(folder, 'package.json')) && existsSync(pathIn(folder, 'node_modules')))
      return folder
    if (dirname(folder) === folder) return null
  }
}
