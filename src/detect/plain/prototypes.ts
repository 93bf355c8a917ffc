/** The verbs of ES5 constructors, `Engine.prototype.start = function () {}`, and what registers those that have both. */
import { constructorRegistration, type Insertion } from '../injection.ts'
import { isStartVerb } from '../verbs.ts'

/** What gives an ES5 constructor a base, which may have the other verb. */
const inheritance = /\b(?:__extends|inherits|setPrototypeOf)\b|\bObject\.create\b/

interface Verbs {
  hasStart: boolean
  hasStop: boolean
  /** The first statement begins there, and the last ends. */
  start: number
  end: number
}

/** The verbs that prototypes are given, by their constructors as the program writes them: `A.b`. */
export class Prototypes {
  readonly #byReference = new Map<string, Verbs>()

  /** A statement that gives `reference` a verb. */
  note(reference: string, found: { start: boolean; stop: boolean }, from: number, end: number): void {
    const known = this.#byReference.get(reference)
    this.#byReference.set(reference, {
      hasStart: found.start || known?.hasStart === true,
      hasStop: found.stop || known?.hasStop === true,
      start: Math.min(from, known?.start ?? from),
      end: Math.max(end, known?.end ?? end),
    })
  }

  noteVerb(reference: string, verb: string, from: number, end: number): void {
    const start = isStartVerb(verb)
    this.note(reference, { start, stop: !start }, from, end)
  }

  insertions(source: string, file: string, lineOf: (offset: number) => number): Insertion[] {
    const isDerived = inheritance.test(source)
    return [...this.#byReference]
      .filter(([, { hasStart, hasStop }]) => (hasStart && hasStop) || isDerived)
      .map(([reference, { start, end }]) => {
        const name = reference.split('.').at(-1) as string
        const described = { name, file, line: lineOf(start), endLine: lineOf(end - 1) }
        return { at: end, text: constructorRegistration(reference, described) }
      })
  }
}
