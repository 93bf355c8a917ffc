/** Whether the code at a place goes round, by the parser. Loaded where a timer may be one of a chain. */

import { type Round, roundAt } from '../source/goes-round.ts'
import { deepest, nestsDeeper } from '../source/nesting.ts'
import { languagesOf, sourceTypes } from './parsed-insertions.ts'
import { parsed } from './parser.ts'

export type { Round } from '../source/goes-round.ts'

/** `null`: it does not, or cannot be read. */
export function parsedRound(source: string, file: string, line: number): Round | null {
  if (nestsDeeper(source, deepest())) return null
  for (const lang of languagesOf(file)) {
    for (const sourceType of sourceTypes) {
      const program = parsed(file, source, { lang, sourceType, preserveParens: false })
      if (program !== null) return roundAt(program, source, line)
    }
  }
  return null
}
