/** The verbs that stand where an object literal may have them: two in one brace are for a parser to look at. */
import { isStartVerb, isStopVerb } from '../verbs.ts'

/** What `=` and its kin begin with: `??=`. */
const assignments = new Set('=+-*÷%&|^?<>')
/** What stands before a key: the words of methods among it. */
const beforeKey = new Set(['{', ',', '*', '[', 'async', 'get', 'set'])
/** Parentheses with none in them, and no block behind: a call. */
const call = /\([^()'"`/]*\)(?!\s*(?:\{|\/))/y
/** A function, or a name, which may be one. */
const functionValue =
  /:\s*(?:async\b|function\b|[(</]|(?!(?:null|true|false|this)(?![\p{L}\p{N}_$]))[\p{L}_$][\p{L}\p{N}_$]*\s*(?:=>|[,}/]))/uy

const start = 1
const stop = 2

/** A verb as a word or a text, by the tokens around it: words as they are written, else their kinds. */
export interface VerbPlace {
  isText: boolean
  before: string
  after: string
  /** Of what comes after it. */
  at: number
}

export class ObjectVerbs {
  readonly #source: string
  /** Which verbs stand in each brace that is open, innermost last. */
  readonly #open = [0]
  #areBoth = false

  constructor(source: string) {
    this.#source = source
  }

  /** Whether some object may be an engine. */
  get areBoth(): boolean {
    return this.#areBoth
  }

  openBrace(): void {
    this.#open.push(0)
  }

  closeBrace(): void {
    this.#open.pop()
  }

  noteStop(): void {
    this.#note(stop)
  }

  note(verb: string, place: VerbPlace): void {
    if (this.#mayBeKey(place)) this.#note(isStartVerb(verb) ? start : stop)
  }

  #note(verbs: number): void {
    const innermost = this.#open.length - 1
    const all = (this.#open[innermost] ?? 0) | verbs
    this.#open[innermost] = all
    this.#areBoth ||= all === (start | stop)
  }

  #mayBeKey({ isText, before, after, at }: VerbPlace): boolean {
    if (!beforeKey.has(before)) return false
    switch (after) {
      case '(':
        call.lastIndex = at
        return !call.test(this.#source)
      case ':':
        functionValue.lastIndex = at
        return functionValue.test(this.#source)
      case ',':
      case '}':
        return !isText
      default:
        return after === ']' && isText
    }
  }
}

/** Whether a name behind a dot is given a value: `this.stop ??=`. */
export function isAssigned(after: string): boolean {
  return assignments.has(after)
}

/** Whether a text is more than it looks, where it is a key: `"st\u0061rt"`, `[("start")]`. */
export function isUnclearKey(written: string, after: string, afterThat: () => string): boolean {
  if (written.includes('\\')) return after === '(' || after === ':' || after === ']'
  return after === ')' && afterThat() === ']'
}

export function isVerb(name: string): boolean {
  return isStartVerb(name) || isStopVerb(name)
}
