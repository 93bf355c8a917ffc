/**
 * Splits plainly written JavaScript into tokens. Where only a parser can tell what a character means (whether a slash after
 * a parenthesis divides, what JSX is), it gives up: that file is parsed.
 */

/** By number: a token's start, its end, and its kind in `kinds`. */
export interface Tokens {
  readonly source: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** A punctuator is its own kind: `{`; `=>` and `?.` are one. */
  readonly kinds: readonly string[]
}

export const word = 'word'
export const privateName = '#'
const number = '0'
const text = '"'
const template = '`'
const regExp = '/'

const space = /\s+/y
const lineComment = /.*/y
const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy
const digits = /[\w.]+/y
const doubleQuoted = /"(?:[^"\\\r\n]|\\[\s\S])*"/y
const singleQuoted = /'(?:[^'\\\r\n]|\\[\s\S])*'/y
const templatePart = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
// A class in a class is of the `v` flag: there a slash may stand.
const pattern = /\/(?:[^/\\[\r\n\u2028\u2029]|\\.|\[(?:[^\]\\[\r\n]|\\.)*\])+\/[a-z]*/y

/** Words after which an expression begins. */
export const beforeExpression: ReadonlySet<string> = new Set(
  'return typeof instanceof in new delete void throw case do else default'.split(' '),
)
/** Words that are names in some places, and begin an expression in others. */
const ambiguous = new Set('of yield await async let static get set'.split(' '))
/** JSX, or a comment as HTML has it. */
const notPlain = /<\s*\/|\/\s*>|<!--|-->/

/** `null`: not plain enough. */
export function tokensOf(source: string): Tokens | null {
  if (notPlain.test(source)) return null
  const starts: number[] = []
  const ends: number[] = []
  const kinds: string[] = []
  /** What closes the brackets that are open; a template's goes on after its brace. */
  const open: string[] = []
  let at = source.startsWith('#!') ? endOf(lineComment, source, 0) : 0
  const add = (kind: string, end: number): boolean => {
    if (end < 0) return false
    kinds.push(kind)
    starts.push(at)
    ends.push(end)
    at = end
    return true
  }
  while (at < source.length) {
    const char = source[at] as string
    if (isWordStart(char)) {
      if (!add(word, endOf(identifier, source, at))) return null
    } else if (char === ' ' || char === '\n' || char === '\t' || char === '\r') at = endOf(space, source, at)
    else if (char >= '0' && char <= '9') add(number, endOf(digits, source, at))
    else if (char === '"' || char === "'") {
      if (!add(text, endOf(char === '"' ? doubleQuoted : singleQuoted, source, at))) return null
    } else if (char === '`' || (char === '}' && open.at(-1) === template)) {
      if (char === '}') open.pop()
      const end = endOf(templatePart, source, at + 1)
      if (!add(template, end)) return null
      if (source[end - 1] === '{') open.push(template)
    } else if (char === '/') {
      const next = source[at + 1]
      const end =
        next === '/' ? endOf(lineComment, source, at) : next === '*' ? source.indexOf('*/', at + 2) + 2 : 0
      if (end === 1) return null
      if (end > 1) at = end
      else {
        const last = kinds.length - 1
        const before = last < 0 ? '' : (kinds[last] as string)
        const isProperty = before === word && (kinds[last - 1] === '.' || kinds[last - 1] === '?.')
        const begins = !isProperty && beginsExpression(before, source.slice(starts[last], ends[last]))
        if (begins === null || !add(begins ? regExp : '÷', begins ? endOf(pattern, source, at) : at + 1))
          return null
      }
    } else if (char === '#') {
      if (!add(privateName, endOf(identifier, source, at + 1))) return null
    } else if (char === '=' && source[at + 1] === '>') add('=>', at + 2)
    else if (char === '?' && source[at + 1] === '.') add('?.', at + 2)
    else if (char < '\u0080') {
      if (char === '{' || char === '(' || char === '[') open.push(closing[char] as string)
      else if (char === '}' || char === ')' || char === ']') {
        if (open.pop() !== char) return null
      } else if (char === '@' || char === '\\') return null
      add(char, at + 1)
    } else {
      // A space, or a letter, of another script.
      const end = endOf(space, source, at)
      if (end > 0) at = end
      else if (!add(word, endOf(identifier, source, at))) return null
    }
  }
  return open.length === 0 ? { source, starts, ends, kinds } : null
}

const closing: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }

function isWordStart(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_' || char === '$'
}

/** Where a match that begins at `from` ends; -1: none. */
function endOf(expression: RegExp, source: string, from: number): number {
  expression.lastIndex = from
  return expression.test(source) ? expression.lastIndex : -1
}

/** Whether after this token an expression begins, so that a slash does; `null`: only a parser can tell. */
function beginsExpression(kind: string, written: string): boolean | null {
  switch (kind) {
    case word:
      return ambiguous.has(written) ? null : beforeExpression.has(written)
    case number:
    case text:
    case privateName:
    case regExp:
    case ']':
      return false
    case ')':
    case '}':
    case template:
    case '+':
    case '-':
      return null
    default:
      return true
  }
}
