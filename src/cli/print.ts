/** What a command has to say, to its standard output. */
import { writeWhole } from '../report/write.ts'
import { Misuse } from './misuse.ts'

/**
 * Whether anybody still reads: a reader that has gone (`| head`) wants no more.
 * @throws Misuse where it cannot be written: half a report is not to look like a whole one.
 */
export function print(text: string): boolean {
  const code = writeWhole(1, text)
  if (code === null || code === 'EPIPE') return code === null
  throw new Misuse(
    'LEAKWATCH_OUTPUT_UNWRITABLE',
    `expected a standard output that can be written; got ${code}`,
  )
}
