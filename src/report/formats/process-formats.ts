import type { Format } from './format.ts'

/**
 * Formats that a process can print by itself: `LEAKWATCH_FORMAT` takes their names. Every process has this list: those of the command
 * line stand in `list.ts`. The settings ask for the names alone, so that each is loaded when it is needed.
 */
export const processFormats = {
  text: (): Format => require('./text.js').format,
  json: (): Format => require('./json.js').format,
  ndjson: (): Format => require('./ndjson.js').format,
}

export type ProcessFormat = keyof typeof processFormats

export const processFormatNames: readonly ProcessFormat[] = Object.keys(processFormats) as ProcessFormat[]
