import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'

/** Why a process gives no report. `shortReason` is for a column of a table. */
export class NoReport extends CodedError {
  readonly shortReason: string

  constructor(line: string, shortReason: string) {
    super(line)
    this.shortReason = shortReason
  }
}

/** `got`: what there is instead. */
export function processGone(got: string): NoReport {
  return new NoReport(errors.LEAKWATCH_PROCESS_GONE(got), 'ended')
}
