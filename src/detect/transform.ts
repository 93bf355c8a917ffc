/**
 * Source text in, source text with registrations out. A cheap test lets few files through; of these the plainly written are
 * read here, and the parser is loaded with the first that is not.
 */
import type { Insertion } from './injection.ts'
import { mayDefineEngine } from './may-define.ts'
import type { Node } from './syntax.ts'

export type Language = 'js' | 'jsx' | 'ts' | 'tsx'

/** In which languages a file may be written, the likeliest first: a loader may have compiled it already. */
function languagesOf(file: string): readonly Language[] {
  if (/\.[mc]?ts$/.test(file)) return ['ts', 'js']
  if (file.endsWith('.tsx')) return ['tsx', 'js']
  return file.endsWith('.jsx') ? ['jsx', 'js'] : ['js', 'jsx']
}

/** The likeliest first. A CommonJS module may return at its top; an ES module may wait there, and have no import that shows it. */
const sourceTypes = ['module', 'commonjs'] as const

/** What to insert into a source; empty where there is no engine in it or it cannot be parsed. */
export function insertionsFor(source: string, file: string): Insertion[] {
  if (!mayDefineEngine(source) || source.includes('__leakwatch__')) return []
  const languages = languagesOf(file)
  if (languages[0] === 'js') {
    const { plainInsertions } = require('./plain/classes.js') as typeof import('./plain/classes.ts')
    const plain = plainInsertions(source, file)
    if (plain !== null) return plain
  }
  return parsedInsertions(source, file, languages)
}

/** The same, by the parser. */
export function parsedInsertions(
  source: string,
  file: string,
  languages: readonly Language[] = languagesOf(file),
): Insertion[] {
  const { parseSync } = require('oxc-parser') as typeof import('oxc-parser')
  for (const lang of languages) {
    for (const sourceType of sourceTypes) {
      const { program, errors } = parseSync(file, source, { lang, sourceType, preserveParens: false })
      if (errors.length > 0) continue
      const { findEngines } = require('./find-engines.js') as typeof import('./find-engines.ts')
      return findEngines(program as unknown as Node, source, file)
    }
  }
  return []
}

/** The last file that had no engine: CommonJS that is imported comes twice, as it is read and as it is compiled. */
let without = { source: '', file: '' }

/** The source with its registrations; `null` where nothing changes. */
export function transform(source: string, file: string): string | null {
  if (source === without.source && file === without.file) return null
  const insertions = insertionsFor(source, file)
  if (insertions.length === 0) {
    without = { source, file }
    return null
  }
  const { insertAll } = require('./injection.js') as typeof import('./injection.ts')
  const { shiftInlineMap } = require('./inline-map.js') as typeof import('./inline-map.ts')
  return shiftInlineMap(insertAll(source, insertions), source, insertions)
}
