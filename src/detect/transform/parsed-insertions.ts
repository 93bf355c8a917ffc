/** What to insert into a source, by the parser. Loaded with the first file that may define an engine. */
import { notCovered } from '../../core/self/faults.ts'
import { findEngines } from '../source/find-engines.ts'
import type { Insertion } from '../source/injection.ts'
import { deepest, nestsDeeper } from '../source/nesting.ts'
import { parsed } from './parser.ts'

export type Language = 'js' | 'jsx' | 'ts' | 'tsx'

/** In which languages a file may be written, the likeliest first: a loader may have compiled it already. */
export function languagesOf(file: string): readonly Language[] {
  if (/\.[mc]?ts$/.test(file)) return ['ts', 'js']
  if (file.endsWith('.tsx')) return ['tsx', 'js']
  return file.endsWith('.jsx') ? ['jsx', 'js'] : ['js', 'jsx']
}

/** The likeliest first. A CommonJS module may return at its top; an ES module may wait there, and have no import that shows it. */
export const sourceTypes = ['module', 'commonjs'] as const

/** Empty where there is no engine in it, or it cannot be parsed; `null`: it was not read. */
export function parsedInsertions(
  source: string,
  file: string,
  languages: readonly Language[] = languagesOf(file),
): Insertion[] | null {
  if (nestsDeeper(source, deepest())) {
    notCovered().add(`${file}: its code nests too deep to be read`)
    return null
  }
  for (const lang of languages) {
    for (const sourceType of sourceTypes) {
      const program = parsed(file, source, { lang, sourceType, preserveParens: false })
      if (program !== null) return findEngines(program, source, file)
    }
  }
  return []
}
