/**
 * What the program's own text calls an object: the variable or field that keeps it, or the one whose method starts it. Read at report time
 * alone, and by eye as it were: where the text is not understood, nothing is said.
 */
import type { Site } from '../schema/report.ts'
import { afterCall } from './next-steps.ts'
import { fileText, lineOf } from './source-text.ts'

const name = String.raw`(?:this\.)?#?[\w$]+(?:\.#?[\w$]+){0,2}`
const type = String.raw`(?:\s*:\s*[\w$.<>|\[\] ]+?)?`
/** `const pool: Pool = await new pg.`, up to where the call begins. */
const assigned = new RegExp(
  String.raw`(?:^|[\s;{}(])(${name})${type}\s*(?:\?\?|\|\|)?=\s*(?:await\s+)?(?:new\s+)?(?:[\w$]+\.)*$`,
)
/** `await this.#queue.`, up to the name of the method. */
const receiver = new RegExp(String.raw`(?:^|[^\w$#.)\]?])(${name})[?!]?\.$`)
const made = /^(?:new\s+)?#?[\w$.]+\s*(?:<[^()]*>)?\(/
/** A longer call is not looked through. */
const longestCall = 20_000
const noNames = new Set(['this', 'super', 'return', 'await', 'new', 'exports', 'module.exports'])

/** What the result of the call at this place is assigned to. `isSame`: calls that are chained to it give the same object. */
export function assignedAt(site: Site, isSame: boolean): string | null {
  const { before, after } = around(site)
  const [, found] = assigned.exec(before) ?? []
  if (found === undefined || noNames.has(found) || !made.test(after)) return null
  return isSame || !isChained(site) ? found : null
}

/** Whose method is called at this place. */
export function receiverAt(site: Site, method: string): string | null {
  const { before, after } = around(site)
  const [, found] = receiver.exec(before) ?? []
  if (found === undefined || noNames.has(found)) return null
  return after.startsWith(method) && /^\s*\(/.test(after.slice(method.length)) ? found : null
}

function around({ file, line, column }: Site): { before: string; after: string } {
  const text = lineOf(file, line) ?? ''
  return { before: text.slice(0, column - 1), after: text.slice(column - 1) }
}

/** `new Feed().start()`: what is kept is not what was made. */
function isChained({ file, line, column }: Site): boolean {
  const lines = (fileText(file) ?? '').split('\n').slice(line - 1, line + 200)
  const text = lines.join('\n').slice(column - 1, column - 1 + longestCall)
  const from = text.indexOf('(')
  const end = from < 0 ? -1 : from + afterCall(text.slice(from))
  return (
    end < 0 || !/^\s*(?:$|[;,)}\n])/.test(text.slice(end)) || /^\s*[?!]?\.\s*[\w$[]/.test(text.slice(end))
  )
}
