/** Where a text, a template, a comment or a regular expression ends, and whether a slash begins one. */

/** Thrown where only a parser can tell. */
export const unclear: unique symbol = Symbol('unclear')

export const word = 'word'
export const privateName = '#'
export const number = '0'
export const text = '"'
export const template = '`'
export const regExp = '/'

export const lineComment: RegExp = /.*/y
/** Up to its end, or to the brace of a `${`. */
export const templatePart: RegExp = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
// A class in a class is of the `v` flag: there a slash may stand.
export const pattern: RegExp = /\/(?:[^/\\[\r\n\u2028\u2029]|\\.|\[(?:[^\]\\[\r\n]|\\.)*\])+\/[a-z]*/y
const doubleQuoted = /"(?:[^"\\\r\n]|\\[\s\S])*"/y
const singleQuoted = /'(?:[^'\\\r\n]|\\[\s\S])*'/y

/** JSX, or a comment as HTML has it. */
export const notPlain: RegExp = /<\s*\/|\/\s*>|<!--|-->/

/** Words after which an expression begins. */
export const beforeExpression: ReadonlySet<string> = new Set(
  'return typeof instanceof in new delete void throw case do else default break continue debugger'.split(' '),
)
/** Words that are names in some places, and begin an expression in others. */
const ambiguous = new Set('of yield await async let static get set'.split(' '))

/** Where a match that begins at `from` ends. */
export function endOf(expression: RegExp, source: string, from: number): number {
  expression.lastIndex = from
  if (!expression.test(source)) throw unclear
  return expression.lastIndex
}

/** Of the text whose quote is at `from`. */
export function endOfText(source: string, from: number): number {
  return endOf(source[from] === '"' ? doubleQuoted : singleQuoted, source, from)
}

/** Of a comment; `from` itself where no comment begins there. */
export function endOfComment(source: string, from: number): number {
  const next = source[from + 1]
  if (next === '/') return endOf(lineComment, source, from)
  if (next !== '*') return from
  const end = source.indexOf('*/', from + 2)
  if (end < 0) throw unclear
  return end + 2
}

/** Whether a slash behind a token begins a regular expression; else it divides. */
export function beginsExpression(kind: string, written: string): boolean {
  switch (kind) {
    case word:
      if (ambiguous.has(written)) throw unclear
      return beforeExpression.has(written)
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
      throw unclear
    default:
      return true
  }
}

/** What goes on with an expression on the next line. */
const operators = new Set('([.+-*/÷%&|^<>=?:,'.split('')).add('`').add('?.').add('=>')

/** Whether a token on a new line goes on with the expression before it. */
export function goesOn(kind: string, written: string): boolean {
  return operators.has(kind) || written === 'in' || written === 'instanceof'
}
