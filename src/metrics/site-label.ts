/** Where an engine was started, as metrics say it: `src/order.ts:41`. It reads files: it is asked once for each place that has a label. */
import { relative, sep } from 'node:path'
import { isDependency, type PlainFrame } from '../core/stacks/frames.ts'
import { originalColumn } from '../detect/transform/original-column.ts'
import { packageOf } from '../judge/fingerprint.ts'
import type { Site } from '../report/schema/report.ts'
import { shownPath } from '../report/secrets/shown.ts'
import { mapSite } from '../report/sources/source-map.ts'

/** The label of what was started at no place that is known. */
export const unknownSite = 'unknown'

export function siteOfFrame({ file, line, column }: PlainFrame): string {
  if (file === null || line === null) return unknownSite
  return siteLabel(mapSite(file, line, column ?? 1, originalColumn))
}

/** The file relative to its package's root; one of a dependency's has the package's name before it. */
export function siteLabel({ file, line }: Pick<Site, 'file' | 'line'>): string {
  const found = packageOf(file)
  if (found === null) return `${shownPath(file)}:${line}`
  const path = relative(found.root, file).split(sep).join('/')
  const inPackage = isDependency({ file }) && found.name !== null ? `${found.name}/${path}` : path
  return `${shownPath(inPackage)}:${line}`
}
