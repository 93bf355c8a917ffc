/**
 * The code that the loader inserts: registrations that call `$leakwatch$`. None moves a line, and all have a form that can be
 * told from the program's own code and taken out again.
 */

import { hookName } from './hook-name.ts'
import { stripInside } from './inside-text.ts'

/** A context that leakwatch does not share has none. */
const hook = `typeof ${hookName}=='object'&&${hookName}.`
const mark = `/*${hookName}*/`

/** A text to be put in at an offset of the source. */
export interface Insertion {
  at: number
  text: string
  /** In the place of so many characters. */
  cut?: number
  /** Among those at the same offset; 0 where nothing is said. */
  order?: number
}

/** In which they are put in. */
export function sorted(insertions: readonly Insertion[]): Insertion[] {
  return insertions.toSorted((a, b) => a.at - b.at || (a.order ?? 0) - (b.order ?? 0))
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

/** Those that a registration can name in a list. */
export function writtenKeys(keys: readonly string[]): string[] {
  return keys.filter((key) => /^(?:[\w$]+|\[Symbol\.\w+\])$/.test(key))
}

/** The methods that tell of their calls themselves, by their keys, and by what they name their class. */
export interface Told {
  readonly id: number
  readonly keys: readonly string[]
}

/** At the end of a class body: the class, once its methods stand; and whether its constructor is quiet. */
export function classRegistration(described: Described, isQuiet: boolean, told: Told): string {
  return `;static{${hook}c(this,${description(described)},${isQuiet}${insideOf(told)});}`
}

function insideOf({ id, keys }: Told): string {
  return keys.length === 0 ? '' : `,${id},${JSON.stringify(keys.join())}`
}

/** Of an object: the keys of its functions that do not tell, too. */
export interface ToldOfObject extends Told {
  readonly wrapped: readonly string[]
}

/** A class that is itself the engine, by its static methods `wrapped`. */
export function staticRegistration(described: Described, wrapped: readonly string[]): string {
  return `;static{${hook}o(this,${description(described)},${JSON.stringify(wrapped.join())});}`
}

/** Of the program's own classes and ES5 constructors, or of a library's. */
export type InstanceLetter = 'n' | 'k' | 'm'

/** As a field: each instance. Its name is used twice in a class at most, before and after the fields. */
export function instanceField(suffix: '' | '2', letter: InstanceLetter): string {
  return `;#leakwatch${suffix}=void(${hook}${letter}(this));`
}

const fieldMark = `/*${hookName}n*/`

/** Around the value of a field: the instance, before that is made. The value has no name to get from the field. */
export function aroundField(letter: InstanceLetter): [before: string, after: string] {
  return [`(${hook}${letter}(this),`, `${fieldMark})`]
}

/** In a constructor: the instance. */
export function instanceStatement(letter: InstanceLetter): string {
  return `;${hook}${letter}(this);`
}

/** In a constructor: what it was given, where it has `names` for that. */
export function handedStatement(names: readonly string[]): string {
  return `;${hook}h(this,${names.join()});`
}

/** For a derived class without a constructor. A program may have replaced the iterator of arrays, which `arguments` does not ask. */
export function instanceConstructor(letter: InstanceLetter): string {
  return `;constructor(){super(...arguments);${hook}${letter}(this);}`
}

/** A class of the program's own that lends. */
export function lenderRegistration(described: Described): string {
  return `;static{${hook}t(this,${description(described)});}`
}

/** A library's class, known by its name. */
export function libraryRegistration(described: Described): string {
  return `;static{${hook}l(this,${description(described)});}`
}

/** The same of a constructor function, at the end of its file. */
export function libraryStatement(reference: string, described: Described): string {
  return `;${hook}l(${reference},${description(described)});`
}

/** A function that makes a library's engine, before anything else of its file; an export, at its end. */
export function factoryStatement(reference: string, name: string, file: string): string {
  return `;typeof ${hookName}=='object'&&(${reference}=${hookName}.f(${reference},${JSON.stringify(name)},${JSON.stringify(file)}));`
}

export function constructorRegistration(reference: string, described: Described, told: Told): string {
  return `;${hook}p(${reference},${description(described)},false${insideOf(told)});`
}

/** Around a call that gives a constructor its methods and is what a function returns. */
export function aroundConstructor(
  reference: string,
  described: Described,
  told: Told,
): [before: string, after: string] {
  return [`((o=>(${hook}p(${reference},${description(described)},false${insideOf(told)}),o))(`, `${mark}))`]
}

/** After the statement that named an object. */
export function objectRegistration(reference: string, described: Described, told: ToldOfObject): string {
  return `;${hook}o(${reference},${description(described)}${functionsOf(told)});`
}

/** Around an object literal that has no name to be called by; in parentheses of their own, as it may stand behind a `new`. */
export function aroundObject(described: Described, told: ToldOfObject): [before: string, after: string] {
  return [`((o=>(${hook}o(o,${description(described)}${functionsOf(told)}),o))(`, `${mark}))`]
}

function functionsOf(told: ToldOfObject): string {
  return `,${JSON.stringify(told.wrapped.join())}${insideOf(told)}`
}

const escapedHook = escaped(hook)
const text = '"(?:[^"\\\\]|\\\\.)*"'
const rest = `,${text},${text},\\d+,\\d+(?:,${text}|,true|,false)?(?:,\\d+,${text})?\\)`
const forms: readonly string[] = [
  `;static\\{${escapedHook}[colt]\\(this${rest};\\}`,
  `;#leakwatch2?=void\\(${escapedHook}[nm]\\(this\\)\\);`,
  `;constructor\\(\\)\\{super\\(\\.\\.\\.arguments\\);${escapedHook}[nm]\\(this\\);\\}`,
  `;${escapedHook}[nkm]\\(this\\);`,
  `;${escapedHook}h\\(this,[^()]*\\);`,
  `;${escapedHook}[opl]\\([\\w$.]+${rest};`,
  `;typeof ${escaped(hookName)}=='object'&&\\([\\w$.]+=${escaped(hookName)}\\.f\\([\\w$.]+,${text},${text}\\)\\);`,
  `\\(\\(o=>\\(${escapedHook}[op]\\([\\w$]+${rest},o\\)\\)\\(`,
  `${escaped(mark)}\\)\\)`,
  `\\(${escapedHook}[nm]\\(this\\),`,
  `${escaped(fieldMark)}\\)`,
]
const injected = new RegExp(forms.join('|'), 'g')

function escaped(written: string): string {
  return written.replace(/[$*/.&()|]/g, '\\$&')
}

/** The source as it was written. */
export function stripInjected(source: string): string {
  return stripInside(source.replace(injected, ''))
}

/** Puts the insertions in, which are sorted. */
export function insertAll(source: string, insertions: readonly Insertion[]): string {
  let result = ''
  let from = 0
  for (const { at, text, cut = 0 } of insertions) {
    result += source.slice(from, at) + text
    from = at + cut
  }
  return result + source.slice(from)
}
