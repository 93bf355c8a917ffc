import { Misuse } from './misuse.ts'

/** Why a process gives no report: one line, and `inShort` for a column. */
export class Unanswered extends Misuse {
  readonly inShort: string

  constructor(code: string, message: string, inShort: string) {
    super(code, message)
    this.inShort = inShort
  }
}

/** `got`: what there is instead. */
export function gone(got: string): Unanswered {
  return new Unanswered('LEAKWATCH_PROCESS_GONE', `expected a running process; got ${got}`, 'ended')
}
