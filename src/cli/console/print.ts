/** Writes what a command prints to its standard output. */
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import { attemptWrite } from '../../report/output/write.ts'

/**
 * Gives whether anybody still reads: a reader that is gone (`| head`) wants no more.
 * @throws CodedError if the text cannot be written: half a report must not look like a whole one.
 */
export function print(text: string): boolean {
  const code = attemptWrite(1, text)
  if (code === null || code === 'EPIPE') return code === null
  throw new CodedError(errors.LEAKWATCH_OUTPUT_UNWRITABLE(code))
}
