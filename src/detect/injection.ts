/**
 * The code that the loader inserts: registrations that call `globalThis.__leakwatch__`. None moves a line, and all
 * have a form that can be told from the program's own code and taken out again.
 */
const hook = 'globalThis.__leakwatch__?.'
const mark = '/*__leakwatch__*/'

/** A text to be put in at an offset of the source. */
export interface Insertion {
  at: number
  text: string
}

export interface Described {
  name: string
  file: string
  /** Counted from 1, both ends included. */
  line: number
  endLine: number
}

function description({ name, file, line, endLine }: Described): string {
  return `${JSON.stringify(name)},${JSON.stringify(file)},${line},${endLine}`
}

/** At the end of a class body: the class, once its methods stand; and whether its constructor is quiet. */
export function classRegistration(described: Described, isQuiet: boolean): string {
  return `;static{${hook}c(this,${description(described)}${isQuiet ? ',true' : ''});}`
}

/** A class that is itself the engine, by its static methods. */
export function staticRegistration(described: Described): string {
  return `;static{${hook}o(this,${description(described)});}`
}

/** As a field: each instance. Its name is used twice in a class at most, before and after the fields. */
export function instanceField(suffix: '' | '2'): string {
  return `;#leakwatch${suffix}=void ${hook}n(this);`
}

/** In a constructor: the instance. */
export const instanceStatement: string = `;${hook}n(this);`

/** For a derived class without a constructor. */
export const instanceConstructor: string = `;constructor(...args){super(...args);${hook}n(this);}`

export function constructorRegistration(reference: string, described: Described): string {
  return `;${hook}p(${reference},${description(described)});`
}

/** After the statement that named an object. */
export function objectRegistration(reference: string, described: Described): string {
  return `;${hook}o(${reference},${description(described)});`
}

/** Around an object literal that has no name to be called by. */
export function aroundObject(described: Described): [before: string, after: string] {
  return [`(o=>${hook}o(o,${description(described)})??o)(`, `${mark})`]
}

const escapedHook = 'globalThis\\.__leakwatch__\\?\\.'
const text = '"(?:[^"\\\\]|\\\\.)*"'
const rest = `,${text},${text},\\d+,\\d+(?:,true)?\\)`
const forms: readonly string[] = [
  `;static\\{${escapedHook}[co]\\(this${rest};\\}`,
  `;#leakwatch2?=void ${escapedHook}n\\(this\\);`,
  `;constructor\\(\\.\\.\\.args\\)\\{super\\(\\.\\.\\.args\\);${escapedHook}n\\(this\\);\\}`,
  `;${escapedHook}n\\(this\\);`,
  `;${escapedHook}[op]\\([\\w$.]+${rest};`,
  `\\(o=>${escapedHook}o\\(o${rest}\\?\\?o\\)\\(`,
  `/\\*__leakwatch__\\*/\\)`,
]
const injected = new RegExp(forms.join('|'), 'g')

/** The source as it was written. */
export function stripInjected(source: string): string {
  return source.replace(injected, '')
}

/** Puts the insertions in; those at the same offset keep their order. */
export function insertAll(source: string, insertions: readonly Insertion[]): string {
  let result = ''
  let from = 0
  for (const { at, text } of insertions) {
    result += source.slice(from, at) + text
    from = at
  }
  return result + source.slice(from)
}
