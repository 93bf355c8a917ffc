/**
 * The code that is put into a method, by which it tells when it begins and ends. It stands on the lines that are there, and has
 * a form that can be taken out again. See `inside.ts` for where each goes.
 */
import { hookName } from './hook-name.ts'

/** Of a method that starts, stops, does something else, or has a name of which what else its class has tells that. */
export type Letter = 's' | 'e' | 'w' | 'g'

/** Before or behind a semicolon that the program left out. */
const added = '/*$*/'

/** At the beginning; `isOpen`: behind a directive whose statement has no semicolon. */
export function prefix(token: string, call: string, isOpen: boolean): string {
  return `${isOpen ? `;${added}` : ''}const ${token}=typeof ${hookName}=='object'?${hookName}.${call}:{v:0,k:0};try{`
}

/** At the end. */
export function suffix(token: string, isAsync: boolean): string {
  return `;${token}.v=void 0}finally{${token}.k?${hookName}.${isAsync ? 'y' : 'z'}(${token}):${token}.v=void 0}`
}

/** Behind `return` without a value; `isOpen`: its statement has no semicolon. */
export function nothingReturned(token: string, isOpen: boolean): string {
  return ` void(${token}.v=void 0)${isOpen ? `${added};` : ''}`
}

/** In the place of `return`. */
export function beforeValue(token: string): string {
  return `{${token}.v=`
}

/** At the end of that statement. */
export function afterValue(token: string, isOpen: boolean): string {
  return `${isOpen ? `;${added}` : ''}return ${token}.v}`
}

/** Behind the value of a `return[`, which is `length` long and no promise. */
export function afterPlainValue(token: string, length: number): string {
  return `,${token}.v=void 0,${length}][0]`
}

/** Behind the operand of an `await[`, which is `length` long: the caller goes on in its own context. */
export function afterOperand(token: string, length: number): string {
  return `,${token}.k&&${hookName}.a(${token}),${length}][0]`
}

/** What comes first after an `await`, in its expression. */
export function backInExpression(token: string, isOpen: boolean): string {
  return `,${back(token)}${isOpen ? `${added};` : ''}`
}

/** The same as a statement behind it, or as the first of a block. */
export function backInStatement(token: string, isOpen: boolean): string {
  return `${isOpen ? `;${added}` : ''}${back(token)};`
}

function back(token: string): string {
  return `${token}.k&&${hookName}.b(${token})`
}

const name = '\\$[a-z]'
const leakwatch = '\\$leakwatch\\$'
const isAdded = '/\\*\\$\\*/'
const goesBack = `(${name})\\.k&&${leakwatch}\\.b\\(\\1\\)`

/** Each alone tells what it stands for. */
const forms: readonly (readonly [form: RegExp, written: string])[] = [
  [
    `(?:;${isAdded})?const ${name}=typeof ${leakwatch}=='object'\\?${leakwatch}\\.[sewg]\\([^()]*\\):\\{v:0,k:0\\};try\\{`,
    '',
  ],
  [`;(${name})\\.v=void 0\\}finally\\{\\1\\.k\\?${leakwatch}\\.[yz]\\(\\1\\):\\1\\.v=void 0\\}`, ''],
  [` void\\(${name}\\.v=void 0\\)(?:${isAdded};)?`, ''],
  [`,${goesBack}(?:${isAdded};)?`, ''],
  [`(?:;${isAdded})?${goesBack};`, ''],
  [`\\{${name}\\.v=`, 'return'],
  [`(?:;${isAdded})?return ${name}\\.v\\}`, ''],
].map(([form, written]) => [new RegExp(form as string, 'g'), written as string])

/** The end of what a bracket began, in the place of a blank, so many characters before. */
const bracketed = new RegExp(
  `,(?:${name}\\.v=void 0|(${name})\\.k&&${leakwatch}\\.a\\(\\1\\)),(\\d+)\\]\\[0\\]`,
  'g',
)

/** A text as it was, out of which all other insertions have been taken. */
export function stripInside(source: string): string {
  let text = source
  for (const [form, written] of forms) text = text.replace(form, written)
  const blanks: number[] = []
  let taken = 0
  const open = text.replace(bracketed, (found: string, _token: unknown, length: string, at: number) => {
    // Those in a value end before it does.
    blanks.push(at - taken - Number(length) - 1)
    taken += found.length
    return ''
  })
  let written = ''
  let from = 0
  for (const at of blanks.sort((a, b) => a - b)) {
    written += `${open.slice(from, at)} `
    from = at + 1
  }
  return written + open.slice(from)
}
