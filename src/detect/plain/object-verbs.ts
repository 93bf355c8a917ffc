/** The verbs that stand where an object literal may have them. Only a parser can tell whose they are. */
import { isStartVerb, isStopVerb } from '../verbs.ts'

/** What `=` and its kin begin with: `??=`. */
const assignments = new Set('=+-*÷%&|^?<>')
const afterKey = new Set(['(', ':', ',', '}', ']'])

export class ObjectVerbs {
  #hasStart = false
  #hasStop = false

  /** Whether some object may be an engine. */
  get areBoth(): boolean {
    return this.#hasStart && this.#hasStop
  }

  noteStop(): void {
    this.#hasStop = true
  }

  /** A verb as a word or a text, by the kinds of the tokens around it. */
  note(verb: string, before: string, after: string): void {
    if (before === '.' || before === '?.' || !afterKey.has(after)) return
    if (isStartVerb(verb)) this.#hasStart = true
    else this.#hasStop = true
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
