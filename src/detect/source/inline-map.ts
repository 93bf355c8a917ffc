/** Keeps the source map that a compiler appended to a file true after registrations were inserted. */
import type { Insertion } from './injection.ts'
import { movedMappings } from './moved-mappings.ts'
import { shiftsByLine, shiftsOf } from './shifts.ts'

const comment = /^(\/\/[#@] sourceMappingURL=data:application\/json[^,\n]*;base64,)([A-Za-z0-9+/=]+)[ \t]*$/m

/** `changed` with its inline map moved along; as it is where it has none, or one that is no plain version 3 map. */
export function shiftInlineMap(changed: string, source: string, insertions: readonly Insertion[]): string {
  const match = comment.exec(changed)
  if (match === null) return changed
  const map = JSON.parse(Buffer.from(match[2] as string, 'base64').toString()) as { mappings?: unknown }
  if (typeof map.mappings !== 'string') return changed
  const mappings = movedMappings(map.mappings, shiftsByLine(shiftsOf(source, insertions)))
  const moved = Buffer.from(JSON.stringify({ ...map, mappings })).toString('base64')
  return `${changed.slice(0, match.index)}${match[1]}${moved}${changed.slice(match.index + match[0].length)}`
}
