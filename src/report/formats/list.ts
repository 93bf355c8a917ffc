import type { Format } from './format.ts'

/**
 * Formats that a process can print by itself: `LEAKWATCH_FORMAT` takes their names. Teach leakwatch one more by adding a line here or
 * below. The settings ask for the names alone, so that each is loaded when it is needed.
 */
export const processFormats = {
  text: (): Format => require('./text.js').format,
  json: (): Format => require('./json.js').format,
  ndjson: (): Format => require('./ndjson.js').format,
}

/** Formats of the command line alone. */
export const commandFormats = {
  github: (): Format => require('./github.js').format,
  sarif: (): Format => require('./sarif.js').format,
  junit: (): Format => require('./junit.js').format,
  html: (): Format => require('./html.js').format,
}

export type ProcessFormat = keyof typeof processFormats
/** What `--format` takes. */
export type ReportFormat = ProcessFormat | keyof typeof commandFormats

export const processFormatNames: readonly ProcessFormat[] = Object.keys(processFormats) as ProcessFormat[]
export const formatNames: readonly ReportFormat[] = [
  ...processFormatNames,
  ...(Object.keys(commandFormats) as (keyof typeof commandFormats)[]),
]

export function formatOf(name: ReportFormat): Format {
  return { ...processFormats, ...commandFormats }[name]()
}
