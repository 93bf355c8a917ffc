/**
 * Splits plainly written JavaScript into tokens. Where only a parser can tell what a character means (whether a slash after
 * a parenthesis divides), it gives up: that file is parsed.
 */
import {
  beginsExpression,
  endOf,
  endOfComment,
  endOfText,
  number,
  pattern,
  privateName,
  regExp,
  template,
  templatePart,
  text,
  unclear,
  word,
} from './texts.ts'

/** By number: a token's start, its end, and its kind in `kinds`. */
export interface Tokens {
  readonly source: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** A punctuator is its own kind: `{`; `=>` and `?.` are one. */
  readonly kinds: readonly string[]
}

const space = /\s*/y
const asciiName = /[\w$]*/y
const name = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy
const digits = /[\w.]+/y

/** The tokens of the block that comes next, and those before it; `from` is where one begins. */
export function tokensOf(source: string, from: number): Tokens {
  const starts: number[] = []
  const ends: number[] = []
  const kinds: string[] = []
  /** What closes the brackets that are open; a template's goes on after its brace. */
  const open: string[] = []
  let at = from
  const add = (kind: string, end: number): void => {
    kinds.push(kind)
    starts.push(at)
    ends.push(end)
    at = end
  }
  while (at < source.length) {
    const char = source[at] as string
    if (isNameStart(char)) add(word, endOfName(source, at))
    else if (char === ' ' || char === '\n' || char === '\t' || char === '\r') at = endOf(space, source, at)
    else if (char >= '0' && char <= '9') add(number, endOf(digits, source, at))
    else if (char === '"' || char === "'") add(text, endOfText(source, at))
    else if (char === '`' || (char === '}' && open.at(-1) === template)) {
      if (char === '}') open.pop()
      add(template, endOf(templatePart, source, at + 1))
      if (source[at - 1] === '{') open.push(template)
    } else if (char === '/') {
      const end = endOfComment(source, at)
      if (end > at) at = end
      else {
        const last = kinds.length - 1
        const dot = kinds[last - 1]
        const isProperty = kinds[last] === word && (dot === '?.' || (dot === '.' && kinds[last - 2] !== '.'))
        const written = source.slice(starts[last], ends[last])
        if (!isProperty && beginsExpression(kinds[last] as string, written))
          add(regExp, endOf(pattern, source, at))
        else add('÷', at + 1)
      }
    } else if (char === '#') add(privateName, endOfName(source, at + 1))
    else if (char === '=' && source[at + 1] === '>') add('=>', at + 2)
    else if (char === '?' && source[at + 1] === '.') add('?.', at + 2)
    else if (char < '\u0080') {
      if (char === '{' || char === '(' || char === '[') open.push(closing[char] as string)
      else if (char === '}' || char === ')' || char === ']') {
        if (open.pop() !== char) throw unclear
      } else if (char === '@' || char === '\\') throw unclear
      add(char, at + 1)
      if (char === '}' && open.length === 0) return { source, starts, ends, kinds }
    } else {
      // A space, or a letter, of another script.
      const end = endOf(space, source, at)
      if (end > at) at = end
      else add(word, endOf(name, source, at))
    }
  }
  throw unclear
}

const closing: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }

function isNameStart(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_' || char === '$'
}

function endOfName(source: string, from: number): number {
  const end = endOf(asciiName, source, from)
  return (source[end] ?? '') < '\u0080' && end > from ? end : endOf(name, source, from)
}
