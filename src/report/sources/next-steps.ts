/** Whether code goes on with other steps once a call at a place is over: what it does next has to wait for that. By its text alone. */
import type { Site } from '../schema/report.ts'
import { fileText } from './source-text.ts'

/** As far as a function is read, before and after the call. */
const readAtMost = 10_000
const loop = /\b(?:for|while|do)\b/
const waited = /\b(?:await|yield)\b/
const step =
  /\bawait\b|\bclear(?:Interval|Timeout|Immediate)\s*\(|[.\]]\s*#?\w*(?:stop|close|end|quit|disconnect|destroy|dispose|shutdown|terminate|release|cancel|abort|kill|unsubscribe|unref|clear)\w*\s*\(/i
const opensBlock = /(?:\b(?:try|else|finally|do)|[;{}]|^)$/
const executor = /\bnew Promise\(\s*(?:async\s*)?(?:function\s*\w*\s*\([^()]*\)|(?:\([^()]*\)|\w+)\s*=>)$/
const headOf = /\b(if|for|while|switch|catch|with|for await)\s*$/

/** `null`: its text cannot be had. */
export function hasNextSteps({ file, line, column }: Site): boolean | null {
  const text = fileText(file)
  const at = text === null ? -1 : offsetOf(text, line, column)
  if (text === null || at < 0) return null
  const from = Math.max(0, at - readAtMost)
  return isFollowed(text.slice(from, at), text.slice(at, at + readAtMost))
}

function isFollowed(before: string, after: string): boolean {
  const statement = before.slice(Math.max(...[';', '{', '}'].map((mark) => before.lastIndexOf(mark))) + 1)
  if (loop.test(statement)) return waited.test(statement)
  const args = afterCall(after)
  const given = after.slice(0, args).replace(/^[\w$#]*/, '')
  const chained = /^\s*(?:\)\s*)*\.(?:then|finally)\b/.test(after.slice(args))
  const isWaited = waited.test(statement) || chained || !/^\s*\(\s*\)?$/.test(given)
  return isWaited && (step.test(given) || goesOn(before, after.slice(args)))
}

/** Whether the function in which this stands has a further step, or goes round. */
function goesOn(before: string, after: string): boolean {
  let head = before
  let rest = after
  for (;;) {
    const end = unmatched(rest, 1)
    if (step.test(rest.slice(0, end))) return true
    const open = unmatched(head, -1)
    if (end === rest.length || open < 0) return false
    head = head.slice(0, open).trimEnd()
    rest = rest.slice(end + 1)
    const word = head.endsWith(')') ? headOf.exec(head.slice(0, parenthesisBefore(head)))?.[1] : undefined
    if (word?.startsWith('for') || word === 'while') return true
    if (word === undefined && !opensBlock.test(head) && !executor.test(head)) return false
  }
}

/** `devServer.stop()`: what is stopped, by which call, and on which line. */
export interface StopCall {
  receiver: string
  verb: string
  line: number
  column: number
}

const stopStatement =
  /(?:^|[;{}\n]|\bvoid\b|=>)[ \t]*([\w$#.]*[\w$])(?:\?)?\.((?:stop|close|end|quit|disconnect|destroy|dispose|shutdown|terminate)[A-Z]?\w*)\s*\(/g

/** The last stop before a place in the same block that the code there does not wait for. */
export function stopBefore({ file, line, column }: Site): StopCall | null {
  const text = fileText(file)
  const at = text === null ? -1 : offsetOf(text, line, column)
  if (text === null || at < 0) return null
  const from = Math.max(0, at - readAtMost)
  const open = from + unmatched(text.slice(from, at), -1) + 1
  const found = [...text.slice(open, at).matchAll(stopStatement)].findLast((match) => {
    const call = open + match.index + match[0].lastIndexOf(match[2] as string)
    return !/^\s*\.(?:then|finally)\b/.test(text.slice(call + afterCall(text.slice(call)), at))
  })
  if (found === undefined) return null
  const call = open + found.index + found[0].lastIndexOf(found[2] as string)
  const before = text.slice(0, call).split('\n')
  return {
    receiver: found[1] as string,
    verb: found[2] as string,
    line: before.length,
    column: (before.at(-1) as string).length + 1,
  }
}

const quotes = new Set(["'", '"', '`'])

/** Where the block ends, or with -1 begins, in which `text` ends or begins; its length, or -1, where it does not. */
function unmatched(text: string, direction: 1 | -1): number {
  const [inner, outer] = direction === 1 ? ['{', '}'] : ['}', '{']
  let depth = 0
  let quote = ''
  let index = direction === 1 ? 0 : text.length - 1
  for (; index >= 0 && index < text.length; index += direction) {
    const each = text[index] as string
    if (quote !== '') {
      if (each === quote || (each === '\n' && quote !== '`')) quote = ''
    } else if (quotes.has(each)) quote = each
    else if (each === inner) depth += 1
    else if (each === outer) {
      if (depth === 0) return index
      depth -= 1
    }
  }
  return direction === 1 ? text.length : -1
}

/** Where the parenthesis opens that `text` ends with. */
function parenthesisBefore(text: string): number {
  let depth = 0
  for (let index = text.length - 1; index >= 0; index -= 1) {
    if (text[index] === ')') depth += 1
    else if (text[index] === '(') depth -= 1
    if (depth === 0) return index
  }
  return 0
}

/** Where the arguments of the call end with which `text` begins. */
export function afterCall(text: string): number {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1
    else if (text[index] === ')') depth -= 1
    if (depth === 0 && text[index] === ')') return index + 1
    if (depth < 0) return index
  }
  return text.length
}

function offsetOf(text: string, line: number, column: number): number {
  let at = 0
  for (let each = 1; each < line; each += 1) {
    at = text.indexOf('\n', at) + 1
    if (at === 0) return -1
  }
  return at + column - 1
}
