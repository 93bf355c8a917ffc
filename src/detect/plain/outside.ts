/**
 * Goes from class to class through plainly written JavaScript. It stops at little: at texts, comments and slashes, at the
 * words that make an object literal an engine. All else is passed by the regular expression, in machine code, where a new
 * process still interprets its own.
 */
import { startVerbs, stopVerbs } from '../verbs.ts'
import { isAssigned, isUnclearKey, isVerb, type ObjectVerbs } from './object-verbs.ts'
import {
  beforeExpression,
  beginsExpression,
  endOf,
  endOfComment,
  endOfText,
  lineComment,
  number,
  pattern,
  template,
  templatePart,
  text,
  unclear,
  word,
} from './texts.ts'

const words = ['class', 'prototype', 'Symbol', ...startVerbs, ...stopVerbs].join('|')
const stop = new RegExp(`["'\`/\\\\@{}]|(?<![\\w$])(?:${words})(?![\\w$])`, 'g')
const disposal = /\s*\.\s*(?:asyncDispose|dispose)\b/y
const space = /\s*/y
const lastWord = /[\w$]+$/
const longestWord = 100

/** Words after which a line does not end a statement. */
const leadsOn = new Set([...beforeExpression, 'of', 'yield', 'await', 'extends'])

interface Token {
  kind: string
  /** Its last word, where it ends in one. */
  written: string
  end: number
}

export class Outside {
  readonly #source: string
  readonly #verbs: ObjectVerbs
  /** Where the comments begin and end that were passed since the last class. */
  #comments: [start: number, end: number][] = []
  /** How many braces are open: outside of templates, and in each template that is open. */
  #open = [0]
  #at: number

  constructor(source: string, verbs: ObjectVerbs) {
    this.#source = source
    this.#verbs = verbs
    this.#at = source.startsWith('#!') ? endOf(lineComment, source, 0) : 0
  }

  /** Passes what a class declaration does not begin with; gives where the next one does, -1: none does. */
  nextClass(): number {
    for (;;) {
      stop.lastIndex = this.#at
      const match = stop.exec(this.#source)
      if (match === null) {
        // One that does not close is for its own error to tell.
        if (this.#open.length > 1 || this.#open[0] !== 0) throw unclear
        return -1
      }
      const found = match[0]
      if (found === 'class' && !this.#isProperty(match.index)) {
        // It may be the beginning of a name: `classé`.
        if ((this.#source[stop.lastIndex] ?? '') >= '\u0080') throw unclear
        if (!this.#isDeclaration(this.#tokenBefore(match.index), match.index)) throw unclear
        return match.index
      }
      this.#at = this.#pass(found, match.index)
    }
  }

  /** Goes on behind a class that ends at `end`. */
  goOn(end: number): void {
    this.#at = end
    this.#comments = []
  }

  /** Gives where it ends. */
  #pass(found: string, at: number): number {
    const end = at + found.length
    switch (found) {
      case '"':
      case "'":
        return this.#passText(at)
      case '`':
        return this.#passTemplate(at)
      case '{':
        this.#countBrace(1)
        return end
      case '}':
        return this.#passBrace(at)
      case '/':
        return this.#passSlash(at)
      case '\\':
      case '@':
      case 'prototype':
        throw unclear
      case 'class':
        return end
      case 'Symbol':
        this.#passSymbol(end)
        return end
      default:
        this.#passVerb(found, at, end)
        return end
    }
  }

  #passText(at: number): number {
    const source = this.#source
    const end = endOfText(source, at)
    const written = source.slice(at + 1, end - 1)
    if (!isVerb(written) && !written.includes('\\') && source[end] !== ')') return end
    const after = this.#codeAt(end)
    if (isUnclearKey(written, this.#kindAt(after), () => this.#kindAt(this.#codeAt(after + 1)))) throw unclear
    if (isVerb(written)) this.#passVerb(written, at, end)
    return end
  }

  #passBrace(at: number): number {
    if (this.#open.at(-1) !== 0) {
      this.#countBrace(-1)
      return at + 1
    }
    if (this.#open.length === 1) throw unclear
    this.#open.pop()
    return this.#passTemplate(at)
  }

  #countBrace(by: 1 | -1): void {
    const innermost = this.#open.length - 1
    this.#open[innermost] = (this.#open[innermost] as number) + by
  }

  #passSymbol(end: number): void {
    const after = this.#codeAt(end)
    const next = this.#source[after]
    // `[(Symbol).dispose]`, and one with a comment before its dot.
    if (next === ')' || (next === '.' && this.#source.slice(end, after).includes('/'))) throw unclear
    disposal.lastIndex = end
    if (disposal.test(this.#source)) this.#verbs.noteStop()
  }

  #passTemplate(at: number): number {
    const end = endOf(templatePart, this.#source, at + 1)
    if (this.#source[end - 1] === '{') this.#open.push(0)
    return end
  }

  #passSlash(at: number): number {
    const end = endOfComment(this.#source, at)
    if (end > at) {
      this.#comments.push([at, end])
      return end
    }
    const { kind, written, end: before } = this.#tokenBefore(at)
    // The end of a regular expression, or what divides; a number's dot, or a name's.
    if (kind === '/' || kind === '.') throw unclear
    const isProperty = kind === word && this.#isProperty(before - written.length)
    return !isProperty && beginsExpression(kind, written) ? endOf(pattern, this.#source, at) : at + 1
  }

  /** Whether a name that begins there is a property's: behind one dot, not the three of a spread, nor that of a number. */
  #isProperty(at: number): boolean {
    const { kind, end } = this.#tokenBefore(at)
    if (kind !== '.') return false
    const before = this.#source[end - 2] ?? ''
    if (before >= '0' && before <= '9') throw unclear
    return before !== '.'
  }

  #passVerb(verb: string, at: number, end: number): void {
    const before = this.#tokenBefore(at).kind
    let after = this.#codeAt(end)
    this.#verbs.note(verb, before, this.#kindAt(after))
    if (before !== '.') return
    // A verb that an instance may be given: `(this.stop) = f`.
    while (this.#source[after] === ')') after = this.#codeAt(after + 1)
    if (isAssigned(this.#kindAt(after))) throw unclear
  }

  #kindAt(at: number): string {
    const char = this.#source[at] ?? ''
    if (char === '?' && this.#source[at + 1] === '.') return '?.'
    return char === '/' ? '÷' : char
  }

  /** Where the code goes on, from `at` on: behind spaces and comments. */
  #codeAt(at: number): number {
    for (let from = at; ; ) {
      const end = endOf(space, this.#source, from)
      if (this.#source[end] !== '/') return end
      from = endOfComment(this.#source, end)
      if (from === end) return end
    }
  }

  #tokenBefore(at: number): Token {
    const end = this.#endOfCode(at)
    const char = this.#source[end - 1] ?? ''
    if (char >= '\u0080') throw unclear
    if (char === '"' || char === "'") return { kind: text, written: '', end }
    const written = lastWord.exec(this.#source.slice(Math.max(0, end - longestWord), end))?.[0]
    if (written === undefined) return { kind: char === '`' ? template : char, written: '', end }
    if (written.length === longestWord || (this.#source[end - written.length - 1] ?? '') >= '\u0080')
      throw unclear
    return { kind: /^\d/.test(written) ? number : word, written, end }
  }

  /** Where the code before `at` ends. */
  #endOfCode(at: number): number {
    let end = at
    for (let last = this.#comments.length - 1; ; last -= 1) {
      while (end > 0 && isSpace(this.#source[end - 1] as string)) end -= 1
      while (last >= 0 && (this.#comments[last]?.[1] as number) > end) last -= 1
      const comment = this.#comments[last]
      if (comment?.[1] !== end) return end
      end = comment[0]
    }
  }

  /** Whether a `class` begins a declaration: behind what no expression can follow. */
  #isDeclaration({ kind, written, end }: Token, at: number): boolean {
    // In a template it may be an expression.
    if (this.#open.length > 1) return false
    if (kind === '' || kind === ';' || kind === '{' || kind === '}') return true
    if (kind === word && (written === 'export' || written === 'default')) return true
    if (![word, ')', ']', text, number].includes(kind) || leadsOn.has(written)) return false
    return this.#source.slice(end, at).includes('\n')
  }
}

function isSpace(char: string): boolean {
  return (
    char === ' ' || char === '\n' || (char <= '\r' && char >= '\t') || (char > '\u007f' && /\s/.test(char))
  )
}
