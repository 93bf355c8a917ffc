/**
 * The parser. Its native part is asked for by itself: that is there in 2 ms, the whole package in 7, and what is not asked for (comments,
 * the list of imports, regular expressions made from their texts) is not made. Where it is not found, the package knows more ways.
 */
import type { ParserOptions } from 'oxc-parser'
import type { Node } from '../source/syntax.ts'

/** What of a source is asked for; `null`: it has an error. */
type Parse = (file: string, source: string, options: ParserOptions) => Node | null

interface Native {
  /** `program`: `{ node, fixes }` as JSON. */
  parseSync(file: string, source: string, options: ParserOptions): { program: unknown; errors: unknown[] }
}

let parse: Parse | null = null

/** The program in a source; `null`: it cannot be parsed. Throws where there is no parser. */
export function parsed(file: string, source: string, options: ParserOptions): Node | null {
  if (parse === null) parse = nativeParse() ?? packageParse()
  return parse(file, source, options)
}

function packageParse(): Parse {
  const { parseSync } = require('oxc-parser') as typeof import('oxc-parser')
  return (file, source, options) => {
    const { program, errors } = parseSync(file, source, options)
    return errors.length > 0 ? null : (program as unknown as Node)
  }
}

const suffixes: Readonly<Record<string, string>> = { linux: '-gnu', win32: '-msvc', darwin: '' }

/** `of`: the package whose dependency it is. */
type RequireOf = (id: string, of: string) => unknown

/** `null`: this is another platform, or another version of the parser. */
function nativeParse(): Parse | null {
  try {
    const suffix = suffixes[process.platform]
    if (suffix === undefined) return null
    const name = `@oxc-parser/binding-${process.platform}-${process.arch}${suffix}`
    const { parseSync } = (require as RequireOf)(name, 'oxc-parser') as Native
    const native: Parse = (file, source, options) => {
      const { program, errors } = parseSync(file, source, options)
      return errors.length > 0 ? null : (JSON.parse(program as string).node as Node)
    }
    return native('a.js', '0', { lang: 'js', sourceType: 'module' })?.type === 'Program' ? native : null
  } catch {
    return null
  }
}
