/** The statements that give a prototype a verb, and what is only read of one. */
import type { Code } from './code.ts'
import { isAssigned, isVerb } from './object-verbs.ts'
import type { Prototypes } from './prototypes.ts'
import { beforeExpression, endOf, unclear } from './texts.ts'

/** `A.b.` of `A.b.prototype`. */
const reference = /(?:[\w$]+\.)+$/
/** A function with plain parameters, up to its block. */
const functionHead = /(?:async\s+)?function\b\s*\*?\s*[\w$]*\s*\([\w$\s,]*\)\s*\{/y
/** Of what a statement behind it could not name. */
const noReference = /^(?:super|new|import)\b/
const noPath = new Set([
  ...beforeExpression,
  'class',
  'function',
  'async',
  'super',
  'import',
  'await',
  'yield',
  'let',
])
const path = /[\w$]+(?:\.[\w$]+)*/y

/** How many templates and, in the innermost, braces are open. */
export interface Depth {
  templates: number
  braces: number
}

/** A verb whose function has not ended yet. */
interface OpenVerb {
  reference: string
  verb: string
  from: number
  depth: Depth
}

export class PrototypeStatements {
  readonly #code: Code
  readonly #found: Prototypes
  readonly #open: OpenVerb[] = []

  constructor(code: Code, found: Prototypes) {
    this.#code = code
    this.#found = found
  }

  /** Passes the word `prototype` from `at` to `end`, and what is done with it; gives where it ends. */
  pass(at: number, end: number, depth: Depth): number {
    const code = this.#code
    if (!code.isProperty(at)) throw unclear
    const next = code.codeAt(end)
    const kind = code.kindAt(next)
    if (kind === '=') {
      const value = code.kindAt(code.codeAt(next + 1))
      if (value === '{' || value === '(') throw unclear
    }
    // `((A.prototype)).start`
    if (kind === ')' && code.kindAt(code.behind(next, ')')) === '.') throw unclear
    if (kind !== '.') return end
    const verbAt = code.codeAt(next + 1)
    const verb = code.wordAt(verbAt)
    const verbEnd = verbAt + verb.length
    if (!isVerb(verb)) return verbEnd
    const sign = code.codeAt(verbEnd)
    if (code.kindAt(sign) !== '=') {
      if (isAssigned(code.kindAt(sign)) || code.kindAt(sign) === ')') throw unclear
      return verbEnd
    }
    // `==`
    if (code.kindAt(sign + 1) === '=') return verbEnd
    const named = code.pathBefore(reference, at).slice(0, -1)
    if (noReference.test(named)) throw unclear
    return this.#passAssignment(
      { reference: named, verb, from: at - named.length - 1, depth },
      code.codeAt(sign + 1),
    )
  }

  /** A function may have ended at `end`. */
  endAt(end: number, { templates, braces }: Depth): void {
    const open = this.#open.at(-1)
    if (open?.depth.templates !== templates || open.depth.braces !== braces) return
    this.#open.pop()
    this.#found.noteVerb(open.reference, open.verb, open.from, this.#code.endOfStatement(end))
  }

  /** The verb is given what begins at `value`. */
  #passAssignment(assigned: OpenVerb, value: number): number {
    const code = this.#code
    const { reference, verb, from, depth } = assigned
    const before = code.tokenBefore(from)
    if (depth.templates > 1 || !code.beginsStatement(before, from)) throw unclear
    if (before.kind === ')' && code.isCondition(before.end)) throw unclear
    functionHead.lastIndex = value
    if (functionHead.test(code.source)) {
      this.#open.push(assigned)
      return functionHead.lastIndex - 1
    }
    const end = endOf(path, code.source, value)
    if (noPath.has(code.wordAt(value))) throw unclear
    this.#found.noteVerb(reference, verb, from, code.endOfStatement(end))
    return end
  }
}
