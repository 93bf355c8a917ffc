/** A file's text, read as code from any place in it: what comes next, and what stands before. */
import {
  beforeExpression,
  endOf,
  endOfComment,
  goesOn,
  number,
  template,
  text,
  unclear,
  word,
} from './texts.ts'

export interface Token {
  kind: string
  /** Its last word, where it ends in one. */
  written: string
  end: number
}

const space = /\s*/y
const name = /[\w$]+/y
const lastWord = /[\w$]+$/
const longestWord = 100
const longestPath = 200

/** Words after which a line does not end a statement. */
const leadsOn = new Set([...beforeExpression, 'of', 'yield', 'await', 'extends'])
const conditional = new Set(['if', 'while', 'for', 'with', 'await'])
const longestCondition = 500
const endsOperand = new Set([word, ')', ']', text, number])

export class Code {
  readonly source: string
  /** Where the comments begin and end that have been passed. */
  #comments: [start: number, end: number][] = []

  constructor(source: string) {
    this.source = source
  }

  passComment(start: number, end: number): void {
    this.#comments.push([start, end])
  }

  /** Nobody will look back behind this. */
  forgetComments(): void {
    this.#comments = []
  }

  kindAt(at: number): string {
    const char = this.source[at] ?? ''
    if (char === '?' && this.source[at + 1] === '.') return '?.'
    return char === '/' ? '÷' : char
  }

  /** `''`: there is none. */
  wordAt(at: number): string {
    name.lastIndex = at
    return name.exec(this.source)?.[0] ?? ''
  }

  /** Where the code goes on, from `at` on: behind spaces and comments. */
  codeAt(at: number): number {
    for (let from = at; ; ) {
      const end = endOf(space, this.source, from)
      if (this.source[end] !== '/') return end
      from = endOfComment(this.source, end)
      if (from === end) return end
    }
  }

  /** Where the code goes on behind those characters that stand at `at`. */
  behind(at: number, char: string): number {
    let end = at
    while (this.source[end] === char) end = this.codeAt(end + 1)
    return end
  }

  tokenBefore(at: number): Token {
    const end = this.#endOfCode(at)
    const char = this.source[end - 1] ?? ''
    if (char >= '\u0080') throw unclear
    if (char === '"' || char === "'") return { kind: text, written: '', end }
    const written = lastWord.exec(this.source.slice(Math.max(0, end - longestWord), end))?.[0]
    if (written === undefined) return { kind: char === '`' ? template : char, written: '', end }
    if (written.length === longestWord || (this.source[end - written.length - 1] ?? '') >= '\u0080')
      throw unclear
    return { kind: /^\d/.test(written) ? number : word, written, end }
  }

  /** Whether a name that begins there is a property's: behind one dot, not the three of a spread, nor that of a number. */
  isProperty(at: number): boolean {
    const { kind, end } = this.tokenBefore(at)
    if (kind !== '.') return false
    const before = this.source[end - 2] ?? ''
    if (before >= '0' && before <= '9') throw unclear
    return before !== '.'
  }

  /** Whether what stands at `at` begins a statement, outside of templates: behind what no expression can follow. */
  beginsStatement({ kind, written, end }: Token, at: number): boolean {
    if (kind === ';' && this.#isInHead(end, at)) throw unclear
    if (kind === '' || kind === ';' || kind === '{' || kind === '}') return true
    if (!endsOperand.has(kind) || leadsOn.has(written)) return false
    return this.source.slice(end, at).includes('\n')
  }

  /** Whether the semicolon before `end` may be one of a `for`. */
  #isInHead(end: number, at: number): boolean {
    const line = this.source.slice(this.source.lastIndexOf('\n', end - 1) + 1, at)
    return line.split('(').length > line.split(')').length
  }

  /** Whether the parenthesis that closes before `end` is that of a condition, behind which a statement belongs to another. */
  isCondition(end: number): boolean {
    const { source } = this
    let depth = 0
    for (let at = end - 1; at >= Math.max(0, end - longestCondition); at -= 1) {
      const char = source[at] as string
      if (char === '`' || char === '/') throw unclear
      if (char === '"' || char === "'") at = beginOfText(source, at)
      else if (char === ')') depth += 1
      else if (char === '(') depth -= 1
      if (depth === 0) return conditional.has(this.tokenBefore(at).written)
    }
    throw unclear
  }

  /** Where the statement ends whose expression ends at `at`. */
  endOfStatement(at: number): number {
    const after = this.codeAt(at)
    const kind = this.kindAt(after)
    if (kind === ';') return after + 1
    if (kind === '' || kind === '}') return at
    if (!this.source.slice(at, after).includes('\n') || goesOn(kind, this.wordAt(after)) || kind === '!')
      throw unclear
    return at
  }

  /** What `expression` finds right before `at`, whole: names with dots between. */
  pathBefore(expression: RegExp, at: number): string {
    const from = Math.max(0, at - longestPath)
    const found = expression.exec(this.source.slice(from, at))
    if (found === null) throw unclear
    const before = this.source[from + found.index - 1] ?? ''
    if (before === '.' || before === '#' || before >= '\u0080' || (from > 0 && found.index === 0))
      throw unclear
    if (/^\d/.test(found[0])) throw unclear
    return found[0]
  }

  /** Where the code before `at` ends. */
  #endOfCode(at: number): number {
    let end = at
    for (let last = this.#comments.length - 1; ; last -= 1) {
      while (end > 0 && isSpace(this.source[end - 1] as string)) end -= 1
      while (last >= 0 && (this.#comments[last]?.[1] as number) > end) last -= 1
      const comment = this.#comments[last]
      if (comment?.[1] !== end) return end
      end = comment[0]
    }
  }
}

function isSpace(char: string): boolean {
  return (
    char === ' ' || char === '\n' || (char <= '\r' && char >= '\t') || (char > '\u007f' && /\s/.test(char))
  )
}

/** Of one that ends at `at`. */
function beginOfText(source: string, at: number): number {
  const begin = source.lastIndexOf(source[at] as string, at - 1)
  if (begin < 0 || /[\n\\]/.test(source.slice(begin, at))) throw unclear
  return begin
}
