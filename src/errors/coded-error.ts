/** An error that a user can fix. Its message is one line of the table of errors: it begins with its code. */
export class CodedError extends Error {
  readonly code: string

  constructor(line: string) {
    super(line)
    this.code = line.slice(0, line.indexOf(':'))
  }
}
