/** Columns as the file on disk has them. */
import { readFileSync } from 'node:fs'
import { findSourceMap } from 'node:module'
import { isAbsolute } from 'node:path'
import { compiledTexts } from '../../core/stacks/frames.ts'
import { type Shift, shiftsOf, unshifted } from '../source/shifts.ts'
import { isRead } from './own-files.ts'
import { insertionsFor } from './transform.ts'

const shifts = new Map<string, Shift[]>()

/**
 * The column of a place as the file has it: what was inserted before it on its line is taken off again. Asked when a
 * report is made; the insertions are found anew, as they may have been made in another thread.
 */
export function originalColumn(file: string, line: number, column: number): number {
  // A map that Node keeps was moved along with the insertions.
  if (!isAbsolute(file) || !isRead(file) || findSourceMap(file) !== undefined) return column
  let known = shifts.get(file)
  if (known === undefined) {
    known = shiftsInFile(file)
    shifts.set(file, known)
  }
  return known.length === 0 ? column : unshifted(known, line, column)
}

function shiftsInFile(file: string): Shift[] {
  try {
    const source = compiledTexts.get(file) ?? readFileSync(file, 'utf8')
    return shiftsOf(source, insertionsFor(source, file))
  } catch {
    return []
  }
}
