/**
 * Source text in, source text with registrations out. A cheap test lets few files through; the parser is loaded with the first of
 * these.
 */
import { isRememberedAsIs, remembered } from '../../cache/what-was-read.ts'
import { inserted } from '../source/hook-name.ts'
import type { Insertion } from '../source/injection.ts'
import { isProgramFile } from './own-files.ts'

/** Other verbs make other insertions of the same text. */
const ofProgram = (): string => `as loaded${inserted.verbs}`
const ofLibrary = "a library's"

/** What to insert into a source; empty where there is no engine in it or it cannot be parsed. */
export function insertionsFor(source: string, file: string): Insertion[] {
  return isProgramFile(file)
    ? remembered(ofProgram(), file, source, () => readInsertions(source, file))
    : remembered(ofLibrary, file, source, () => readLibrary(source, file))
}

/** Whether the source that has these bytes is remembered to have no engine. */
export function isKnownWithout(bytes: Uint8Array, file: string): boolean {
  return isRememberedAsIs(isProgramFile(file) ? ofProgram() : ofLibrary, file, bytes)
}

/** What cannot be read of a library is reported handle by handle. */
function readLibrary(source: string, file: string): Insertion[] {
  try {
    const { insertionsForLibrary } =
      require('./library-insertions.js') as typeof import('./library-insertions.ts')
    return insertionsForLibrary(source, file)
  } catch {
    return []
  }
}

/** `null`: it could not be read. */
function readInsertions(source: string, file: string): Insertion[] | null {
  // Where all is remembered nobody has to look.
  const { mayDefineEngine } = require('../source/may-define.js') as typeof import('../source/may-define.ts')
  if (!mayDefineEngine(source) || source.includes('$leakwatch$')) return []
  const { parsedInsertions } = require('./parsed-insertions.js') as typeof import('./parsed-insertions.ts')
  return parsedInsertions(source, file)
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
  const { insertAll } = require('../source/injection.js') as typeof import('../source/injection.ts')
  const { shiftInlineMap } = require('../source/inline-map.js') as typeof import('../source/inline-map.ts')
  return shiftInlineMap(insertAll(source, insertions), source, insertions)
}
