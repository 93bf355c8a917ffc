/**
 * With any `--import` Node loads the main file by its ESM loader, past what hooks `require`: a program that ts-node compiles does not
 * run then. Where leakwatch alone is imported, `--require leakwatch` leaves that as it is.
 */
const { realpathSync } = process.getBuiltinModule('node:fs')

const hooks = /(?:^|[\\/])(?:ts-node|@swc-node|@swc|@babel)[\\/]register(?:[\\/.]|$)/
/** It hooks `require` and then has Node load the program. */
const compiler = /[\\/]ts-node[\\/]dist[\\/]bin(?:-\w+)?\.js$/
/** leakwatch's folder may have another name. */
const own = __dirname.replace(/[\\/]dist[\\/]settings$/, '')

/** The hook that the program's main file is loaded past, because of leakwatch; `null`: there is none. */
export function skippedHook(options: readonly string[], main: string | undefined): string | null {
  const words = options.flatMap((option) => option.split(/[\s=]+/))
  const after = (...names: string[]) => words.filter((_, index) => names.includes(words[index - 1] as string))
  const imports = after('--import')
  if (imports.length === 0 || !imports.every((each) => each.includes('leakwatch') || each.includes(own)))
    return null
  return after('--require', '-r').find((each) => hooks.test(each)) ?? (isCompiler(main) ? 'ts-node' : null)
}

function isCompiler(main: string | undefined): boolean {
  try {
    return main !== undefined && compiler.test(realpathSync(main))
  } catch {
    return false
  }
}
