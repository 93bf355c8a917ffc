import { basename } from 'node:path'
import { packageOf } from '../../judge/fingerprint.ts'

/** `service` of reports and logs: the setting, else the package of the program's main script. It reads files: call it late. */
export function serviceName(setting: string | null, main: string | null): string {
  if (setting !== null) return setting
  return main === null ? 'node' : (packageOf(main)?.name ?? basename(main))
}
