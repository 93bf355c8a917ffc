/** Registrations for a compiler that asks for a source map: Vite. */

import { remembered } from '../../cache/what-was-read.ts'
import { inserted } from '../source/hook-name.ts'
import { type Insertion, insertAll } from '../source/injection.ts'
import { mayDefineEngine } from '../source/may-define.ts'
import { movedBy, shiftsByLine, shiftsOf } from '../source/shifts.ts'
import { isProgramFile } from './own-files.ts'
import { parsedInsertions } from './parsed-insertions.ts'
import { insertionsFor } from './transform.ts'

export interface Mapped {
  code: string
  map: { version: 3; sources: string[]; names: string[]; mappings: string }
}

/** `null` where nothing changes. `source` is JavaScript, whatever the name of `file` says; one that cannot be read is left alone. */
export function transformWithMap(source: string, file: string): Mapped | null {
  const insertions = isProgramFile(file)
    ? remembered(`compiled${inserted.verbs}`, file, source, () =>
        !mayDefineEngine(source) || source.includes('$leakwatch$')
          ? []
          : parsedInsertions(source, file, ['js', 'jsx']),
      )
    : insertionsFor(source, file)
  if (insertions.length === 0) return null
  return { code: insertAll(source, insertions), map: mapOf(source, file, insertions) }
}

type Segment = [column: number, source: number, line: number, originalColumn: number]

/** Each word has its own segment: maps of compilers before and after it are joined by these alone. */
function mapOf(source: string, file: string, insertions: readonly Insertion[]): Mapped['map'] {
  const { encode } = require('@jridgewell/sourcemap-codec') as typeof import('@jridgewell/sourcemap-codec')
  const shifts = shiftsByLine(shiftsOf(source, insertions))
  const lines = source.split('\n').map((text, line) => {
    const own = shifts.get(line) ?? []
    const moved = movedBy(own)
    const columns = [0, ...[...text.matchAll(/\b|(?=[^\w\s])/g)].map(({ index }) => index)]
    const places = [...new Set([...columns, ...own.map(({ column }) => column)])].sort((a, b) => a - b)
    return places.map((column): Segment => [column + moved(column), 0, line, column])
  })
  return { version: 3, sources: [file], names: [], mappings: encode(lines) }
}
