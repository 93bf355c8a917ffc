import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'

/** The highest pid that a system gives. */
const highestPid = 2 ** 31 - 1

/** The pid that was given on the command line. @throws CodedError if it is none. */
export function pidOf(text: string): number {
  const pid = /^[1-9]\d*$/.test(text) ? Number(text) : 0
  if (pid > 0 && pid <= highestPid) return pid
  throw new CodedError(errors.LEAKWATCH_PID_INVALID(text))
}
