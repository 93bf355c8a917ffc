import { basename } from 'node:path'
import { packageOf } from '../../judge/fingerprint.ts'

/** `service` of reports and logs: the setting, else the package of the program's main script. It reads files: call it late. */
export function serviceName(setting: string | null, main: string | null): string {
  if (setting !== null) return setting
  return main === null ? 'node' : (packageOf(main)?.name ?? basename(main))
}

/** `version` of reports: that of the package of the program's main script. */
export function versionOf(main: string | null): string | null {
  return main === null ? null : (packageOf(main)?.version ?? null)
}
