/**
 * Where leakwatch keeps what it has read. It is asked for before any other setting: what reads the others may come from there.
 */
import { dirname } from 'node:path'
import { absolute, configFile, readConfig } from './config-file.ts'
import { isOff } from './is-off.ts'

/** `auto`, `off`, or an absolute folder. */
export type CacheSetting = string

const names = new Set(['auto', 'off'])

/** As the environment or the config file has it. What makes no sense is said by those who read all settings. */
export function cacheSetting(env: Readonly<Record<string, string | undefined>>, cwd: string): CacheSetting {
  if (isOff(env)) return 'off'
  const given = env.LEAKWATCH_CACHE?.trim()
  if (given) return cachePlace(given, cwd) ?? 'auto'
  const file = configFile(cwd, env.LEAKWATCH_CONFIG?.trim() || undefined, true)
  const entry = readConfig(file, () => {}).get('cache')
  return entry === undefined ? 'auto' : (cachePlace(entry.value, dirname(entry.file)) ?? 'auto')
}

/** A folder is relative to `base`; `undefined`: the value makes no sense. */
export function cachePlace(value: unknown, base: string): CacheSetting | undefined {
  if (value === false) return 'off'
  if (typeof value !== 'string' || value === '' || value.includes('\0')) return undefined
  return names.has(value) ? value : absolute(base, value)
}
