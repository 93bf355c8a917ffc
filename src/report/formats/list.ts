import type { Format } from './format.ts'
import { type ProcessFormat, processFormatNames, processFormats } from './process-formats.ts'

export { processFormatNames } from './process-formats.ts'

/** Formats of the command line alone. Teach leakwatch one more by adding a line here, or in `process-formats.ts`. */
export const commandFormats = {
  agent: (): Format => require('./agent.js').format,
  github: (): Format => require('./github.js').format,
  sarif: (): Format => require('./sarif.js').format,
  junit: (): Format => require('./junit.js').format,
  html: (): Format => require('./html.js').format,
}

/** What `--format` takes. */
export type ReportFormat = ProcessFormat | keyof typeof commandFormats

export const formatNames: readonly ReportFormat[] = [
  ...processFormatNames,
  ...(Object.keys(commandFormats) as (keyof typeof commandFormats)[]),
]

export function formatOf(name: ReportFormat): Format {
  return { ...processFormats, ...commandFormats }[name]()
}
