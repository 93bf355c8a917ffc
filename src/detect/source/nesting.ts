/**
 * How deep a text nests, at most, without a parser: oxc-parser recurses on the native stack, and where that ends so does the process,
 * where V8 gives an answer or a RangeError. Read roughly: what is taken for deeper than it is goes unread, and that is told.
 */

const { isMainThread, resourceLimits } = process.getBuiltinModule('node:worker_threads')

/** Functions in each other end a thread with a stack of 1 MB at 420, and the main thread, which has 8, above 2,000. */
const depthPerMegabyte = 100
const depthOfMainThread = 500

/** `+`, `.` and calls nest, too, but take little. */
const tokensPerLevel = 32

/** How deep the texts may nest that this thread parses. */
export function deepest(): number {
  return isMainThread ? depthOfMainThread : depthPerMegabyte * (resourceLimits?.stackSizeMb ?? 1)
}

/** Words behind which something nests without a bracket. */
const nesting = words('if for while do with else new typeof void delete await yield extends')
/** Words that go on with what stands on the line before. */
const goingOn = words('in of instanceof as satisfies else while catch finally extends')
/** Words whose parentheses no statement ends behind. */
const heads = words('if for while with switch catch')
/** Words behind which a value begins. */
const beforeValue = words('return typeof case in of do else void delete await yield instanceof new throw')
const begins = words('case default')
const longestWord = 10

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

const assignment = /(?:[-+*%&|^/]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?!=)>?|\*\*/y
const elseNext = /\s*else\b/y

/** What a character can be part of. */
const isWordCode = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w$#]/.test(String.fromCharCode(code)) ? 1 : 0,
)

/** The token before. */
type Before = 'nothing' | 'value' | ')' | '}' | 'head)' | '.' | 'operator'

/** An open bracket, and what nests around it on its own level. */
interface Level {
  readonly isTemplate: boolean
  readonly isHead: boolean
  readonly chain: number
  readonly tokens: number
  readonly questions: number
}

/** Whether a text may nest deeper than that. */
export function nestsDeeper(source: string, limit: number): boolean {
  return new Reading(source, limit).isDeeper()
}

class Reading {
  readonly #source: string
  readonly #limit: number
  readonly #levels: Level[] = []
  /** Of the levels that are open. */
  #depth = 0
  /** On the innermost: how much nests without brackets, tokens, and conditions without their `:`. */
  #chain = 0
  #tokens = 0
  #questions = 0
  #before: Before = 'nothing'
  #word = ''
  #hasNewLine = false

  constructor(source: string, limit: number) {
    this.#source = source
    this.#limit = limit
  }

  isDeeper(): boolean {
    const source = this.#source
    let at = 0
    while (at < source.length) {
      const code = source.charCodeAt(at)
      if (code <= 32) {
        if (code === 10) this.#hasNewLine = true
        at += 1
        continue
      }
      this.#tokens += 1
      at =
        code > 127 || isWordCode[code] === 1 ? this.#passWord(at) : this.#passSign(source[at] as string, at)
      if (this.#depth + this.#chain + this.#tokens / tokensPerLevel > this.#limit) return true
    }
    return false
  }

  #passWord(from: number): number {
    const source = this.#source
    let at = from + 1
    for (let code = source.charCodeAt(at); code > 127 || isWordCode[code] === 1; code = source.charCodeAt(at))
      at += 1
    const word = at - from <= longestWord ? source.slice(from, at) : ''
    const before = this.#before
    const isNext = before === '}' || (this.#hasNewLine && (before === 'value' || before === ')'))
    if ((isNext && !goingOn.has(word)) || begins.has(word)) this.#beginAnew()
    const isName = before === '.'
    if (!isName && nesting.has(word) && !(word === 'if' && this.#word === 'else')) this.#chain += 1
    this.#goOn(!isName && beforeValue.has(word) ? 'operator' : 'value')
    this.#word = isName ? '' : word
    return at
  }

  #passSign(sign: string, at: number): number {
    const source = this.#source
    const next = source[at + 1]
    switch (sign) {
      case '"':
      case "'":
        this.#goOn('value')
        return endOfText(source, at, sign)
      case '`':
        return this.#passTemplate(at)
      case '/':
        if (next === '/') return this.#passComment(endAt(source, '\n', at))
        if (next === '*') return this.#passComment(endAt(source, '*/', at + 2) + 2)
        if (this.#isBehindValue || this.#before === '}') break
        this.#goOn('value')
        return endOfPattern(source, at)
      case '(':
      case '[':
      case '{':
        this.#open(sign === '(' && heads.has(this.#word), false)
        return at + 1
      case ')':
      case ']':
      case '}': {
        const level = this.#close()
        if (sign === '}' && level?.isTemplate === true) return this.#passTemplate(at)
        this.#goOn(sign === ']' ? 'value' : sign === '}' ? '}' : level?.isHead === true ? 'head)' : ')')
        return at + 1
      }
    }
    return this.#passOperator(sign, next ?? '', at)
  }

  #passOperator(sign: string, next: string, at: number): number {
    assignment.lastIndex = at
    const isAssigned = '=*+-%&|^/<>?'.includes(sign) && assignment.test(this.#source)
    if (isAssigned) this.#chain += 1
    else if (sign === ';') {
      elseNext.lastIndex = at + 1
      if (!elseNext.test(this.#source)) this.#beginAnew()
    } else if (sign === ',') this.#beginAnew()
    else if (sign === '?' && next !== '.' && next !== '?') {
      this.#chain += 1
      this.#questions += 1
    } else if (sign === ':' && this.#questions > 0) this.#questions -= 1
    // JSX, and the parameters of types.
    else if (sign === '<' && next === '/') this.#chain = Math.max(0, this.#chain - 1)
    else if (sign === '<' ? /[A-Za-z>]/.test(next) : ':!~'.includes(sign)) this.#chain += 1
    else if ((sign === '+' || sign === '-') && !this.#isBehindValue) this.#chain += 1
    this.#goOn(sign === '.' ? '.' : 'operator')
    return isAssigned ? assignment.lastIndex : at + 1
  }

  #passTemplate(at: number): number {
    const end = endOfTemplate(this.#source, at + 1)
    if (this.#source[end - 1] === '{') this.#open(false, true)
    else this.#goOn('value')
    return end
  }

  #passComment(end: number): number {
    this.#tokens -= 1
    return end
  }

  get #isBehindValue(): boolean {
    return this.#before === 'value' || this.#before === ')'
  }

  #goOn(before: Before): void {
    this.#before = before
    this.#word = ''
    this.#hasNewLine = false
  }

  #beginAnew(): void {
    this.#chain = 0
    this.#tokens = 1
    this.#questions = 0
  }

  #open(isHead: boolean, isTemplate: boolean): void {
    const [chain, tokens, questions] = [this.#chain, this.#tokens, this.#questions]
    this.#levels.push({ isTemplate, isHead, chain, tokens, questions })
    this.#depth += chain + tokens / tokensPerLevel + 1
    this.#beginAnew()
    this.#goOn('operator')
  }

  #close(): Level | undefined {
    const level = this.#levels.pop()
    if (level === undefined) return undefined
    this.#chain = level.chain
    this.#tokens = level.tokens
    this.#questions = level.questions
    this.#depth -= level.chain + level.tokens / tokensPerLevel + 1
    return level
  }
}

/** Of a text, on its line at the latest. */
function endOfText(source: string, from: number, quote: string): number {
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source[at]
    if (char === '\\') at += 1
    else if (char === quote || char === '\n') return at + 1
  }
  return source.length
}

/** Up to its end, or to the brace of a `${`. */
function endOfTemplate(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    const char = source[at]
    if (char === '\\') at += 1
    else if (char === '`') return at + 1
    else if (char === '$' && source[at + 1] === '{') return at + 2
  }
  return source.length
}

function endOfPattern(source: string, from: number): number {
  let isInClass = false
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source[at]
    if (char === '\n') break
    if (char === '\\') at += 1
    else if (char === '[') isInClass = true
    else if (char === ']') isInClass = false
    else if (char === '/' && !isInClass) return at + 1
  }
  return from + 1
}

function endAt(source: string, end: string, from: number): number {
  const at = source.indexOf(end, from)
  return at < 0 ? source.length : at
}
