/** What the command is started with so that its Node.js processes are watched. */
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { IgnoreRule } from '../../judge/ignore.ts'
import { runVariable } from '../../settings.ts'
import { type Place, placesText } from '../../tree/place.ts'

/** An address: it needs no quotes whatever the path, and no `node_modules` that has leakwatch. */
const preload = `--import=${pathToFileURL(join(__dirname, '../../index.mjs')).href}`

/** Settings that flags of `run` give to its processes. */
export interface Handed {
  baseline: string
  config?: string
  format?: string
  ignore?: readonly IgnoreRule[]
  out?: string
  stacks?: string
}

/** `places`: where records go, the nearest first. */
export function environment(
  env: NodeJS.ProcessEnv,
  places: readonly Place[],
  { baseline, config, format, ignore, out, stacks }: Handed,
): NodeJS.ProcessEnv {
  return {
    ...env,
    NODE_OPTIONS: withPreload(env.NODE_OPTIONS ?? ''),
    [runVariable]: placesText(places),
    LEAKWATCH_BASELINE: baseline,
    ...(config === undefined ? {} : { LEAKWATCH_CONFIG: resolve(config) }),
    ...(format === undefined ? {} : { LEAKWATCH_FORMAT: format }),
    ...(ignore === undefined ? {} : { LEAKWATCH_IGNORE: JSON.stringify(ignore) }),
    ...(out === undefined ? {} : { LEAKWATCH_OUT: resolve(out) }),
    ...(stacks === undefined ? {} : { LEAKWATCH_STACKS: stacks }),
  }
}

/** First of all: what others load before it, it does not see. */
export function withPreload(options: string): string {
  const others = options.trim()
  if (others === preload || others.startsWith(`${preload} `)) return others
  return others === '' ? preload : `${preload} ${others}`
}
