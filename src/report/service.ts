import { basename } from 'node:path'
import { packageOf } from '../judge/fingerprint.ts'

/** `service` of reports and logs: as set, else the package of the program's main script. Reads files: ask late. */
export function serviceName(setting: string | null, main: string | null): string {
  if (setting !== null) return setting
  return main === null ? 'node' : (packageOf(main)?.name ?? basename(main))
}
