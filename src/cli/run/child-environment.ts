/** The environment of the command, by which its Node.js processes are watched. */
import { join, resolve } from 'node:path'
import type { IgnoreRule } from '../../judge/ignore.ts'
import { type RecordFile, recordFilesText } from '../../processes/tree/record-file.ts'
import { runVariable } from '../../settings/settings.ts'

/** By its path, as there may be no `node_modules` with leakwatch. With `--import` Node would load the main file in another way than without. */
const preload = requireOption(join(__dirname, '../../index.cjs'))

/** In `NODE_OPTIONS`, whose words end at spaces. Some tools split it by themselves: quotes are there only where they have to be. */
export function requireOption(path: string): string {
  return `--require=${/[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path}`
}

/** Settings that `run` passes to its processes. */
export interface HandedSettings {
  baseline: string
  config?: string
  format?: string
  ignore?: readonly IgnoreRule[]
  out?: string
  stacks?: string
}

/** `files`: where records go, the nearest first. */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  files: readonly RecordFile[],
  { baseline, config, format, ignore, out, stacks }: HandedSettings,
): NodeJS.ProcessEnv {
  return {
    ...env,
    NODE_OPTIONS: withPreload(env.NODE_OPTIONS ?? ''),
    [runVariable]: recordFilesText(files),
    LEAKWATCH_BASELINE: baseline,
    ...(config === undefined ? {} : { LEAKWATCH_CONFIG: resolve(config) }),
    ...(format === undefined ? {} : { LEAKWATCH_FORMAT: format }),
    ...(ignore === undefined ? {} : { LEAKWATCH_IGNORE: JSON.stringify(ignore) }),
    ...(out === undefined ? {} : { LEAKWATCH_OUT: resolve(out) }),
    ...(stacks === undefined ? {} : { LEAKWATCH_STACKS: stacks }),
  }
}

/** leakwatch comes first: it does not see what others load before it. */
export function withPreload(options: string): string {
  const others = options.trim()
  if (others === preload || others.startsWith(`${preload} `)) return others
  return others === '' ? preload : `${preload} ${others}`
}
