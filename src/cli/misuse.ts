/** What the user can mend: told in one line, with a code. */
export class Misuse extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}
