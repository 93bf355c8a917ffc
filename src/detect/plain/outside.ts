/**
 * Goes from class to class through plainly written JavaScript. It stops at little: at texts, comments and slashes, at the
 * words that make an object literal or a constructor an engine. All else is passed by the regular expression, in machine
 * code, where a new process still interprets its own.
 */
import { startVerbs, stopVerbs } from '../verbs.ts'
import type { Code } from './code.ts'
import { isUnclearKey, isVerb, type ObjectVerbs } from './object-verbs.ts'
import type { Depth, PrototypeStatements } from './prototype-statements.ts'
import {
  beginsExpression,
  endOf,
  endOfComment,
  endOfText,
  lineComment,
  pattern,
  templatePart,
  unclear,
  word,
} from './texts.ts'

const words = ['class', 'prototype', 'Symbol', ...startVerbs, ...stopVerbs].join('|')
const stop = new RegExp(`["'\`/\\\\@{}]|(?<![\\w$])(?:${words})(?![\\w$])`, 'g')
const disposal = /\s*\.\s*(?:asyncDispose|dispose)\b/y

/** Names in braces: what is imported, exported, or taken out of an object. */
const names = /\{[\w$\s,:]*\}/y
const beforeNames = new Set(['import', 'export', 'const', 'let', 'var'])

/** What stands left of `=` where a class is given to a variable or a property. */
const assigned = /(?:[\w$]+\.)*[\w$]+\s*$/

/** Where a class begins. */
export interface ClassPlace {
  at: number
  /** Of a class expression, what it is given to: `module.exports`. */
  givenTo: string | null
  isDefault: boolean
}

export class Outside {
  readonly #source: string
  readonly #code: Code
  readonly #verbs: ObjectVerbs
  readonly #prototypes: PrototypeStatements
  /** How many braces are open: outside of templates, and in each template that is open. */
  #open = [0]
  #at: number

  constructor(code: Code, verbs: ObjectVerbs, prototypes: PrototypeStatements) {
    const { source } = code
    this.#source = source
    this.#code = code
    this.#verbs = verbs
    this.#prototypes = prototypes
    this.#at = source.startsWith('#!') ? endOf(lineComment, source, 0) : 0
  }

  /** Passes what no class begins with; gives where the next one does, `null`: none does. */
  nextClass(): ClassPlace | null {
    for (;;) {
      stop.lastIndex = this.#at
      const match = stop.exec(this.#source)
      if (match === null) {
        // One that does not close is for its own error to tell.
        if (this.#open.length > 1 || this.#open[0] !== 0) throw unclear
        return null
      }
      const found = match[0]
      if (found === 'class' && !this.#code.isProperty(match.index)) {
        // It may be the beginning of a name: `classé`.
        if ((this.#source[stop.lastIndex] ?? '') >= '\u0080') throw unclear
        return this.#classPlace(match.index)
      }
      this.#at = this.#pass(found, match.index)
    }
  }

  /** Goes on behind a class that ends at `end`. */
  goOn(end: number): void {
    this.#at = end
    this.#code.forgetComments()
  }

  #classPlace(at: number): ClassPlace {
    // In a template it may be an expression.
    if (this.#open.length > 1) throw unclear
    const before = this.#code.tokenBefore(at)
    const isDefault = before.written === 'default'
    const isExported = before.kind === word && (before.written === 'export' || isDefault)
    if (isExported || this.#code.beginsStatement(before, at)) return { at, givenTo: null, isDefault }
    const left = before.kind === '=' ? this.#code.tokenBefore(before.end - 1) : null
    if (left?.kind !== word) throw unclear
    const givenTo = this.#code.pathBefore(assigned, left.end)
    // A variable of that name is no module's.
    if (givenTo.trim() === 'exports') throw unclear
    return { at, givenTo, isDefault }
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
        return this.#passOpening(at)
      case '}':
        return this.#passClosing(at)
      case '/':
        return this.#passSlash(at)
      case '\\':
      case '@':
        throw unclear
      case 'prototype':
        return this.#prototypes.pass(at, end, this.#depth)
      case 'class':
        return end
      case 'Symbol':
        this.#passSymbol(at, end)
        return end
      default:
        this.#passVerb(found, false, at, end)
        return end
    }
  }

  #passText(at: number): number {
    const source = this.#source
    const end = endOfText(source, at)
    const written = source.slice(at + 1, end - 1)
    if (!isVerb(written) && !written.includes('\\') && source[end] !== ')') return end
    const code = this.#code
    const after = code.codeAt(end)
    if (isUnclearKey(written, code.kindAt(after), () => code.kindAt(code.codeAt(after + 1)))) throw unclear
    if (isVerb(written)) this.#passVerb(written, true, at, end)
    return end
  }

  #passOpening(at: number): number {
    names.lastIndex = at
    if (names.test(this.#source)) {
      const end = names.lastIndex
      const { kind, written } = this.#code.tokenBefore(at)
      if (kind === word && beforeNames.has(written)) return end
      if (kind === ',' && this.#isImported(at)) return end
    }
    this.#countBrace(1)
    return at + 1
  }

  /** `import a, {` */
  #isImported(at: number): boolean {
    const comma = this.#code.tokenBefore(at).end - 1
    const name = this.#code.tokenBefore(comma)
    return name.kind === word && this.#code.tokenBefore(name.end - name.written.length).written === 'import'
  }

  #passClosing(at: number): number {
    if (this.#open.at(-1) !== 0) {
      this.#countBrace(-1)
      this.#prototypes.endAt(at + 1, this.#depth)
      return at + 1
    }
    if (this.#open.length === 1) throw unclear
    this.#open.pop()
    return this.#passTemplate(at)
  }

  get #depth(): Depth {
    return { templates: this.#open.length, braces: this.#open.at(-1) as number }
  }

  #countBrace(by: 1 | -1): void {
    const innermost = this.#open.length - 1
    this.#open[innermost] = (this.#open[innermost] as number) + by
    if (by === 1) this.#verbs.openBrace()
    else this.#verbs.closeBrace()
  }

  #passSymbol(at: number, end: number): void {
    const after = this.#code.codeAt(end)
    const next = this.#source[after]
    // `[(Symbol).dispose]`, and one with a comment before its dot.
    if (next === ')' && this.#code.tokenBefore(at).kind === '(') throw unclear
    if (next === '.' && this.#source.slice(end, after).includes('/')) throw unclear
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
      this.#code.passComment(at, end)
      return end
    }
    const { kind, written, end: before } = this.#code.tokenBefore(at)
    // The end of a regular expression, or what divides; a number's dot, or a name's.
    if (kind === '/' || kind === '.') throw unclear
    const isProperty = kind === word && this.#code.isProperty(before - written.length)
    return !isProperty && beginsExpression(kind, written) ? endOf(pattern, this.#source, at) : at + 1
  }

  #passVerb(verb: string, isText: boolean, at: number, end: number): void {
    const { kind, written } = this.#code.tokenBefore(at)
    const after = this.#code.codeAt(end)
    const before = kind === word ? written : kind
    this.#verbs.note(verb, { isText, before, after: this.#code.kindAt(after), at: after })
  }
}
