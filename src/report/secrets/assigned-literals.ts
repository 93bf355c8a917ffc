/**
 * Cuts the literals of what is assigned to, compared with or passed to something with a secret's name: all those in the expression,
 * as `password: process.env.PW || 'x'` and `password: cond() ? Buffer.from('x') : ''` have one. Names and calls stay.
 */
import { countsSomething, mayHoldOthers, secretName } from './secret-names.ts'

const named = new RegExp(secretName, 'gi')
/** What leads from a name to its value. Group 1: the name is quoted; group 2: how. */
const leading = /(\\*["'`])?\]?\s*[?!]?\s*([!=]==?(?!=)|[?|&]{2}=|\+=|[:=](?![:>])|[,(])/y
const inCase = /\bcase\s+["'`]?[\w.-]*$/

export function withoutAssignedLiterals(text: string, cut: string): string {
  let kept = ''
  let done = 0
  named.lastIndex = 0
  for (let found = named.exec(text); found !== null; found = named.exec(text)) {
    const from = found.index + found[0].length
    leading.lastIndex = from
    const lead = leading.exec(text)
    if (lead === null || from < done || inCase.test(text.slice(Math.max(0, found.index - 80), found.index)))
      continue
    const [whole, quote, operator = ''] = lead
    if (mayHoldOthers.test(found[0]) && /^\s*\{/.test(text.slice(from + whole.length))) continue
    const scanner = new Scanner(text, from + whole.length, cut)
    scanner.cutExpression({
      isCall: operator === '(',
      isCompared: /^[!=]==?$/.test(operator) && operator !== '=',
      isDirect: operator === ',' && quote === undefined,
      hasNumbers: /[:=]/.test(operator) && !countsSomething.test(found[0]),
    })
    kept += text.slice(done, from + whole.length) + scanner.kept
    done = scanner.at
    named.lastIndex = Math.max(done, from)
  }
  return kept + text.slice(done)
}

interface Expression {
  /** The value is the first argument. */
  isCall: boolean
  /** The value is one operand. */
  isCompared: boolean
  /** Only a literal right there is the value. */
  isDirect: boolean
  /** Numbers are values. */
  hasNumbers: boolean
}

const opening = '([{'
const closing = ')]}'
const number = /0x[\da-f]{3,}n?|\d[\d_]{2,}n?(?![\w.])/iy
const space = /\s*/y
const operatorWord = /\s*(?:as|satisfies|instanceof|in)\b/y
const identifier = /\s+[A-Za-z_$]/y
/** A function without parameters: what its body gives is the value. */
const bodyFollows = /\)\s*(?::[^={]*)?(?:=>|\{)/y
/** These say of which kind something is, or how it is written. */
const plainLiteral =
  /^(?:string|number|boolean|object|undefined|function|symbol|bigint|null|utf-?8|utf16le|base64(?:url)?|hex|ascii|latin1|binary)?$/
/** A scheme of HTTP stays where the rest of a template is code. */
const scheme = /^\s*(?:Bearer|Basic|Token|Digest)?\s*$/i
/** These look something up by a name. */
const lookup = /\b(?:get|env|getenv|has|readFile|readFileSync)\($/
const lookedUp = /^(?:[A-Z][A-Z\d_]*|[\w@-]*[./][\w./@-]*)$/

class Scanner {
  readonly #text: string
  readonly #cut: string
  at: number
  kept = ''

  constructor(text: string, at: number, cut: string) {
    this.#text = text
    this.at = at
    this.#cut = cut
  }

  cutExpression({ isCall, isCompared, isDirect, hasNumbers }: Expression): void {
    const text = this.#text
    this.#take(this.#match(space))
    if (isDirect) {
      if (this.#quoteHere() !== '') this.#cutLiteral()
      return
    }
    if (isCall) {
      const body = this.#match(bodyFollows)
      if (body !== '') {
        this.#take(body)
        isCall = false
      }
    }
    let depth = 0
    while (this.at < text.length) {
      const character = text[this.at] as string
      if (this.#quoteHere() !== '') {
        if (this.#endsOuterLiteral()) return
        this.#cutLiteral()
        if (depth === 0 && this.#match(identifier) !== '' && this.#match(operatorWord) === '') return
        continue
      }
      if (text.startsWith('/*', this.at)) {
        const end = text.indexOf('*/', this.at)
        this.#take(text.slice(this.at, end < 0 ? text.length : end + 2))
        continue
      }
      if (text.startsWith('//', this.at) && /\s/.test(text[this.at - 1] ?? ' ')) return
      if (opening.includes(character)) depth += 1
      else if (closing.includes(character)) {
        if (depth === 0) return
        depth -= 1
      } else if (depth === 0) {
        if (character === ',' || character === ';') return
        if (isCompared && /^(?:&&|\|\||\?)/.test(text.slice(this.at, this.at + 2))) return
        if (hasNumbers && !/[\w.$]/.test(text[this.at - 1] ?? '')) {
          const digits = this.#match(number)
          if (digits !== '') {
            this.kept += this.#cut
            this.at += digits.length
            continue
          }
        }
      }
      this.#take(character)
    }
  }

  /** The quote that a literal begins with here, with its backslashes where it stands in another literal. */
  #quoteHere(): string {
    quote.lastIndex = this.at
    return quote.exec(this.#text)?.[0] ?? ''
  }

  /** The name stands in a literal, as in `'token: %s', token)`, which ends here. */
  #endsOuterLiteral(): boolean {
    const opened = this.#quoteHere()
    const from = this.at + opened.length
    const rest = this.#text.slice(from)
    return this.#endOf(opened, from) === this.#text.length && /^\s*(?:[,;)\]}+]|$)/.test(rest)
  }

  #cutLiteral(): void {
    const opened = this.#quoteHere()
    const from = this.at
    this.#take(opened)
    const end = this.#endOf(opened, this.at)
    const body = this.#text.slice(this.at, end)
    if (opened === '`' && body.includes('${')) this.kept += cutTemplate(body, this.#cut)
    else this.kept += this.#isKept(body, from, end, opened) ? body : this.#cut
    this.at = end
    if (this.#text.startsWith(opened, end)) this.#take(opened)
  }

  #isKept(body: string, from: number, end: number, opened: string): boolean {
    if (plainLiteral.test(body) || !/\w/.test(body)) return true
    const before = this.#text.slice(Math.max(0, from - 40), from).trimEnd()
    // `tokens['access']` names a property.
    if (/[\w$\])]\s*\[$/.test(before) && this.#text.startsWith(']', end + opened.length)) return true
    return /\b(?:require|import)\($/.test(before) || (lookup.test(before) && lookedUp.test(body))
  }

  /** Where the literal ends, which may be the end of the line. */
  #endOf(opened: string, from: number): number {
    const text = this.#text
    if (opened.length > 1) {
      const found = text.indexOf(opened, from)
      return found < 0 ? text.length : found
    }
    for (let at = from; at < text.length; at += 1) {
      if (text[at] === '\\') at += 1
      else if (text[at] === opened) return at
    }
    return text.length
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    return pattern.exec(this.#text)?.[0] ?? ''
  }

  #take(text: string): void {
    this.kept += text
    this.at += text.length
  }
}

const quote = /\\*["'`]/y

/** Keeps the code of a template, but for the literals in it. */
function cutTemplate(body: string, cut: string): string {
  return body
    .split(/(\$\{[^}]*\})/)
    .map((part, index) => {
      if (index % 2 === 1) return part.replace(/(["'])(?:\\.|(?!\1).)*(\1|$)/g, `$1${cut}$2`)
      return scheme.test(part) ? part : cut
    })
    .join('')
}
