/** Registrations for a compiler that asks for a source map: Vite. */
import { type Insertion, insertAll } from './injection.ts'
import { shiftsOf } from './inline-map.ts'
import { mayDefineEngine } from './may-define.ts'
import { parsedInsertions } from './transform.ts'

export interface Mapped {
  code: string
  map: { version: 3; sources: string[]; names: string[]; mappings: string }
}

/** `null` where nothing changes. `source` is JavaScript, whatever the name of `file` says; one that cannot be read is left alone. */
export function transformWithMap(source: string, file: string): Mapped | null {
  if (!mayDefineEngine(source) || source.includes('__leakwatch__')) return null
  const insertions = parsedInsertions(source, file, ['js', 'jsx'])
  if (insertions.length === 0) return null
  return { code: insertAll(source, insertions), map: mapOf(source, file, insertions) }
}

type Segment = [column: number, source: number, line: number, originalColumn: number]

/** Each word has its own segment: maps of compilers before and after it are joined by these alone. */
function mapOf(source: string, file: string, insertions: readonly Insertion[]): Mapped['map'] {
  const { encode } = require('@jridgewell/sourcemap-codec') as typeof import('@jridgewell/sourcemap-codec')
  const shifts = shiftsOf(source, insertions)
  const lines = source.split('\n').map((text, line) => {
    const own = shifts.filter((shift) => shift.line === line)
    const columns = [0, ...[...text.matchAll(/\b|(?=[^\w\s])/g)].map(({ index }) => index)]
    const places = [...new Set([...columns, ...own.map(({ column }) => column)])].sort((a, b) => a - b)
    return places.map((column): Segment => {
      const moved = own.reduce((sum, shift) => sum + (shift.column <= column ? shift.by : 0), 0)
      return [column + moved, 0, line, column]
    })
  })
  return { version: 3, sources: [file], names: [], mappings: encode(lines) }
}
