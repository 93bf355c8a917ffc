/** The names of scripts alone, which take V8 less time than frames do. Few ask for them. */
import { type AnyCallee, capture, type RawHolder, reading } from './captured-stack.ts'

/** What V8 calls the scripts on the stack of the caller of `above`, innermost first: ES modules by their URLs. */
export function scriptNames(above: AnyCallee, depth: number): readonly string[] {
  const raw: RawHolder = {}
  let names: unknown = []
  if (capture(raw, above, depth))
    reading(fileNames, () => {
      names = raw.stack
    })
  return Array.isArray(names) ? names : []
}

function fileNames(_error: unknown, callSites: readonly NodeJS.CallSite[]): string[] {
  return callSites.map((callSite) => callSite.getFileName() ?? '')
}
