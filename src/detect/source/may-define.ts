/**
 * The cheap test that keeps the parser away from most files: whether a source may define an engine at all. It reads the
 * words that are verbs, and what stands around them. What it lets through in vain costs a parse; what it holds back is missed.
 */
import { startVerbs, stopVerbs, takeVerbs } from './verbs.ts'

/**
 * A verb where a key or a name may stand; in its first group where it starts something, in its second what stands behind it in the same name. `\b` is looked
 * for faster than what it may not follow.
 */
const verb = new RegExp(
  `\\b(?<![$#])(?:(${wordsOf(startVerbs)})|${wordsOf(stopVerbs)})([A-Z][\\w$]*)?(?![\\w$])(?=['"\`]?[\\s\\]?!]*[(<=:,}/])`,
  'g',
)
function wordsOf(verbs: readonly string[]): string {
  return verbs.join('|').replaceAll('$', '\\$')
}

const afterVerb = /['"`]?[\s\]?!]*/y
/** A method of a class that takes something. */
const lender = new RegExp(`^\\s*(?:async\\s+|public\\s+)*(?:${takeVerbs.join('|')})\\s*[(<]`, 'm')
const disposal = /\bSymbol\s*\.\s*(?:asyncDispose|dispose)\b/
const prototypeLiteral = /\bprototype\s*=\s*\{/
// Bounded: on text made to be slow, an unbounded search is quadratic.
const subclass =
  /\bclass\b[^{]{0,300}?\bextends\b(?:\s*([\w$.]+)\s*(?:<[^{}()]{0,300}>\s*)?(?:implements\b[^{}()]{0,300})?\{)?/g
const functionValue = /^\s*(?:async\b|function\b|[(</]|[\p{L}_$][\p{L}\p{N}_$]*\s*=>)/u
const propertyValue = /^\s*(?:async\b|function\b|[(</]|[\p{L}_$][\p{L}\p{N}_$]*\s*(?:=>|[,}/]))/u
/** `stop: () => void = async () => {}` */
const typedField = /^[^;{}\n]*?[^=!<>]=\s*(?:async\b|function\b|[(<]|[\w$]+\s*=>)/
const modifier = /\b(?:async|static|public|private|protected|override|readonly|abstract|declare)$/

const lookBehind = 40
const lookAhead = 200
/** A list of parameters that is longer is taken for one. */
const longestParameters = 1000

/** Bases that have no lifecycle of the program's own: a class that extends one of these is looked at for itself. */
export const plainBases: RegExp =
  /^(?:(?:\w*Error|Array|Map|Set|WeakMap|WeakSet|Promise|Object|Function|RegExp|Date|URL|HTMLElement)|null)$/

/** Whether a file may define an engine. */
export function mayDefineEngine(source: string): boolean {
  const hasClass = source.includes('class')
  if (hasClass && extendsEngine(source)) return true
  let hasStart = false
  let hasStop = source.includes('ispose') && disposal.test(source)
  if (hasClass && (hasStop || lender.test(source))) return true
  const namesPrototype = source.includes('prototype')
  const hasPrototype = namesPrototype && prototypeLiteral.test(source)
  const isObjectAtMost = !hasClass && !namesPrototype
  verb.lastIndex = 0
  for (let match = verb.exec(source); match !== null; match = verb.exec(source)) {
    const isStart = match[1] !== undefined
    // A second one of the same tells nothing more of an object.
    if (isObjectAtMost && (isStart ? hasStart : hasStop)) continue
    const kind = kindOf(source, match.index, verb.lastIndex)
    if (kind === null) continue
    // A name with more in it counts beside its like.
    const isAlone = match[2] === undefined
    if (isAlone && (kind === 'prototype' || (hasClass && kind !== 'property'))) return true
    if (isAlone && kind === 'field') continue
    if (isStart) hasStart = true
    else hasStop = true
    if (hasPrototype || (hasStart && hasStop)) return true
  }
  return false
}

/** Whether a class extends one that may have the verbs. */
function extendsEngine(source: string): boolean {
  for (const [, base] of source.matchAll(subclass)) {
    if (base === undefined || !plainBases.test(base.split('.').at(-1) as string)) return true
  }
  return false
}

/** What a verb names: a `method` of a class or an object, a `field` of a class, a `property` of an object. */
type Kind = 'method' | 'field' | 'property' | 'prototype'

/** Of the verb from `start` to `end`; `null`: it is called, or a value, or a word of a text. */
function kindOf(source: string, start: number, end: number): Kind | null {
  afterVerb.lastIndex = end
  afterVerb.test(source)
  const at = afterVerb.lastIndex
  const isQuoted = /['"`]/.test(source[end] as string)
  const around = source.slice(Math.max(0, start - lookBehind), isQuoted ? start - 1 : start)
  const before = around.replace(/\[\s*$/, '').trimEnd()
  const isFirst = around.slice(before.length).includes('\n') || before === ''
  const rest = source.slice(at + 1, at + lookAhead)
  const next = source[at]
  if (isQuoted && /\bkey:$/.test(before)) return 'property'
  if (before.endsWith('.') && !before.endsWith('...'))
    return next === '=' && /\bprototype\s*\.$/.test(before) ? 'prototype' : null
  if (next === '(' || next === '<') {
    if (/\bfunction\s*\*?$/.test(before)) return null
    return isMethod(source, at, isFirst || /[{};,*/)]$/.test(before) || modifier.test(before))
      ? 'method'
      : null
  }
  if (next === '=') return functionValue.test(rest) && !/\b(?:const|let|var)$/.test(before) ? 'field' : null
  if (next === ':')
    return propertyValue.test(rest)
      ? typedField.test(rest)
        ? 'method'
        : 'property'
      : typedField.test(rest)
        ? 'field'
        : null
  return !isQuoted && (isFirst || /(?:[{,]|\*\/)$/.test(before)) ? 'property' : null
}

/** Whether a body follows the parentheses at `at`, or, where a member may begin (`isFirst`), a type. */
function isMethod(source: string, at: number, isFirst: boolean): boolean {
  const open = source[at] === '<' ? source.indexOf('(', at) : at
  if (open < 0 || open > at + lookAhead) return false
  let depth = 0
  for (let index = open; index < open + longestParameters; index += 1) {
    const char = source[index]
    if (char === undefined) return false
    if (char === '(') depth += 1
    else if (char === ')') depth -= 1
    else if (char === '"' || char === "'" || char === '`') index = endOfText(source, index, char)
    else if (char === '/') {
      const end = endOfComment(source, index)
      if (end === index) return true
      index = end
    }
    if (depth > 0) continue
    const after = afterSpace(source, index + 1)
    const next = source[after]
    return after < 0 || next === '{' || (next === ':' && isFirst)
  }
  return true
}

function endOfText(source: string, from: number, quote: string): number {
  let index = from + 1
  while (index < from + longestParameters && source[index] !== quote) index += source[index] === '\\' ? 2 : 1
  return index
}

/** `from` itself where no comment begins there. */
function endOfComment(source: string, from: number): number {
  const isLine = source[from + 1] === '/'
  if (!isLine && source[from + 1] !== '*') return from
  const end = source.indexOf(isLine ? '\n' : '*/', from + 2)
  if (end < 0) return source.length
  return isLine ? end : end + 1
}

/** -1: so much of it follows that it is not looked at to its end, which for many verbs would take long. */
function afterSpace(source: string, from: number): number {
  for (let index = from; ; index += 1) {
    const char = source[index]
    if (index > from + longestParameters) return -1
    if (char === '/') {
      const end = endOfComment(source, index)
      if (end === index) return index
      index = end
    } else if (char !== ' ' && char !== '\n' && char !== '\t' && char !== '\r') return index
  }
}
