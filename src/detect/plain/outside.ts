/**
 * Goes from class to class through plainly written JavaScript. It stops at little: at texts, comments and slashes, at the
 * words that make an object literal or a constructor an engine. All else is passed by the regular expression, in machine
 * code, where a new process still interprets its own.
 */
import { startVerbs, stopVerbs } from '../verbs.ts'
import { Code } from './code.ts'
import { isAssigned, isUnclearKey, isVerb, type ObjectVerbs } from './object-verbs.ts'
import type { Prototypes } from './prototypes.ts'
import {
  beforeExpression,
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
const importedBefore = /\bimport\s+[\w$]+\s*,\s*$/

/** `A.b` of `A.b.prototype`. */
const reference = /(?:[\w$]+\.)+$/
const longestReference = 200
/** A function with plain parameters, up to its block. */
const functionHead = /(?:async\s+)?function\b\s*\*?\s*[\w$]*\s*\([\w$\s,]*\)\s*\{/y
const path = /[\w$]+(?:\.[\w$]+)*/y
/** What stands left of `=` where a class is given to a variable or a property. */
const assigned = /(?:[\w$]+\.)*[\w$]+\s*$/

/** A verb of a prototype whose function has not ended yet. */
interface OpenVerb {
  reference: string
  verb: string
  from: number
  /** Of the braces that are open around it. */
  templates: number
  braces: number
}

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
  readonly #prototypes: Prototypes
  readonly #openVerbs: OpenVerb[] = []
  /** How many braces are open: outside of templates, and in each template that is open. */
  #open = [0]
  #at: number

  constructor(source: string, verbs: ObjectVerbs, prototypes: Prototypes) {
    this.#source = source
    this.#code = new Code(source)
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
    const givenTo = this.#pathBefore(assigned, left.end)
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
        return this.#passPrototype(at, end)
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
      if (kind === ',' && importedBefore.test(this.#source.slice(Math.max(0, at - longestReference), at)))
        return end
    }
    this.#countBrace(1)
    return at + 1
  }

  #passClosing(at: number): number {
    if (this.#open.at(-1) !== 0) {
      this.#countBrace(-1)
      this.#endVerb(at + 1)
      return at + 1
    }
    if (this.#open.length === 1) throw unclear
    this.#open.pop()
    return this.#passTemplate(at)
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

  /** A prototype that is read from, or that is given something. */
  #passPrototype(at: number, end: number): number {
    const code = this.#code
    if (!code.isProperty(at)) throw unclear
    const next = code.codeAt(end)
    const kind = code.kindAt(next)
    if (kind === '=') {
      const value = code.kindAt(code.codeAt(next + 1))
      if (value === '{' || value === '(') throw unclear
    }
    // `(A.prototype).start`
    if (kind === ')' && code.kindAt(code.codeAt(next + 1)) === '.') throw unclear
    if (kind !== '.') return end
    const verbAt = code.codeAt(next + 1)
    const verb = code.wordAt(verbAt)
    const verbEnd = verbAt + verb.length
    if (!isVerb(verb)) return verbEnd
    const sign = code.codeAt(verbEnd)
    const isPlainly = code.kindAt(sign) === '='
    if (isPlainly && this.#source[sign + 1] === '=') return verbEnd
    if (!isPlainly) {
      if (isAssigned(code.kindAt(sign)) || code.kindAt(sign) === ')') throw unclear
      return verbEnd
    }
    return this.#passAssignment(this.#pathBefore(reference, at).slice(0, -1), at, verb, code.codeAt(sign + 1))
  }

  /** `reference`, before the prototype at `at`, is given a verb: the value at `value`. */
  #passAssignment(reference: string, at: number, verb: string, value: number): number {
    const code = this.#code
    const from = at - reference.length - 1
    const before = code.tokenBefore(from)
    if (this.#open.length > 1 || !code.beginsStatement(before, from)) throw unclear
    if (before.kind === ')' && code.isCondition(before.end)) throw unclear
    functionHead.lastIndex = value
    if (functionHead.test(this.#source)) {
      const templates = this.#open.length
      this.#openVerbs.push({ reference, verb, from, templates, braces: this.#open[templates - 1] as number })
      return functionHead.lastIndex - 1
    }
    const end = endOf(path, this.#source, value)
    if (beforeExpression.has(code.wordAt(value))) throw unclear
    this.#prototypes.noteVerb(reference, verb, from, code.endOfStatement(end))
    return end
  }

  /** A function may have ended at `end`. */
  #endVerb(end: number): void {
    const open = this.#openVerbs.at(-1)
    if (open?.templates !== this.#open.length || open.braces !== this.#open.at(-1)) return
    this.#openVerbs.pop()
    this.#prototypes.noteVerb(open.reference, open.verb, open.from, this.#code.endOfStatement(end))
  }

  /** What `expression` finds right before `at`, whole. */
  #pathBefore(expression: RegExp, at: number): string {
    const from = Math.max(0, at - longestReference)
    const found = expression.exec(this.#source.slice(from, at))
    if (found === null) throw unclear
    const before = this.#source[from + found.index - 1] ?? ''
    if (before === '.' || before === '#' || before >= '\u0080' || (from > 0 && found.index === 0))
      throw unclear
    if (/^\d/.test(found[0])) throw unclear
    return found[0]
  }
}
