/** A place in a row of tokens, and what may be seen from there. */
import { isStopVerb } from '../verbs.ts'
import { isAssigned, isUnclearKey, isVerb, type ObjectVerbs } from './object-verbs.ts'
import { goesOn, unclear, word } from './texts.ts'
import type { Tokens } from './tokens.ts'

export class Cursor {
  readonly #tokens: Tokens
  readonly #verbs: ObjectVerbs
  /** Where it is: the number of a token. */
  at = 0

  constructor(tokens: Tokens, verbs: ObjectVerbs) {
    this.#tokens = tokens
    this.#verbs = verbs
  }

  get source(): string {
    return this.#tokens.source
  }

  kind(offset = 0): string {
    return this.#tokens.kinds[this.at + offset] ?? ''
  }

  text(offset = 0): string {
    const at = this.at + offset
    return this.source.slice(this.#tokens.starts[at], this.#tokens.ends[at])
  }

  isWord(written: string, offset = 0): boolean {
    return this.kind(offset) === word && this.text(offset) === written
  }

  /** Whether the word here is the name of a property: behind one dot, not the three of a spread. */
  isProperty(): boolean {
    return this.kind(-1) === '.' && this.kind(-2) !== '.'
  }

  /** The offset in the source at which a token starts, by default the one here. */
  startOf(at: number = this.at): number {
    return this.#tokens.starts[at] as number
  }

  /** The offset at which the last token that was taken ends. */
  end(): number {
    return this.#tokens.ends[this.at - 1] as number
  }

  isOnNextLine(): boolean {
    return this.at > 0 && this.source.slice(this.end(), this.startOf()).includes('\n')
  }

  /** Whether a statement or a field without a semicolon ends before this token. */
  beginsAnew(): boolean {
    return this.isOnNextLine() && !goesOn(this.kind(), this.text())
  }

  take(kind: string): void {
    if (this.kind() !== kind) throw unclear
    this.at += 1
  }

  /** One token of what a member is made of. */
  pass(): void {
    const kind = this.kind()
    if (kind === word) this.#passWord(this.text())
    else if (kind === '{') this.#verbs.openBrace()
    else if (kind === '}') this.#verbs.closeBrace()
    else if (this.kind() === '"') this.#passText(this.text().slice(1, -1))
    this.at += 1
  }

  #passWord(written: string): void {
    if (written === 'prototype') throw unclear
    if (written === 'Symbol') {
      // `[(Symbol).dispose]`
      if (this.kind(1) === ')') throw unclear
      if (this.kind(1) === '.' && isStopVerb(`[Symbol.${this.text(2)}]`)) this.#verbs.noteStop()
    } else if (isVerb(written)) this.#passVerb(written, false)
  }

  #passText(written: string): void {
    if (isUnclearKey(written, this.kind(1), () => this.kind(2))) throw unclear
    if (isVerb(written)) this.#passVerb(written, true)
  }

  #passVerb(verb: string, isText: boolean): void {
    const before = this.kind(-1)
    this.#verbs.note(verb, {
      isText,
      before: before === word ? this.text(-1) : before,
      after: this.kind(1),
      at: this.startOf(this.at + 1),
    })
    if (before !== '.' || !(this.isWord('this', -2) || this.kind(-2) === ')')) return
    // A verb that an instance may be given: `(this.stop) = f`.
    let next = 1
    while (this.kind(next) === ')') next += 1
    if (isAssigned(this.kind(next))) throw unclear
  }

  /** From a bracket to behind the one that closes it. */
  passBrackets(open: string, close: string): void {
    this.take(open)
    if (open === '{') this.#verbs.openBrace()
    for (let depth = 0; depth > 0 || this.kind() !== close; ) {
      const here = this.kind()
      if (here === '') throw unclear
      if (here === '(' || here === '[' || here === '{') depth += 1
      else if (here === ')' || here === ']' || here === '}') depth -= 1
      if (this.isWord('class') && !this.isProperty()) throw unclear
      this.pass()
    }
    if (close === '}') this.#verbs.closeBrace()
    this.take(close)
  }
}
