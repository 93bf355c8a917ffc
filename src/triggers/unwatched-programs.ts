/** Package managers and compilers, which inherit `NODE_OPTIONS`, and leakwatch itself: it has nothing to say about them. */
const { realpathSync } = process.getBuiltinModule('node:fs')

const programs: readonly RegExp[] = [
  /[\\/]npm[\\/]bin[\\/]np[mx]-cli\.js$/,
  /[\\/]pnpm[\\/](?:[^\\/]+[\\/])*pnp[mx]\.[cm]?js$/,
  /[\\/]yarn[\\/](?:[^\\/]+[\\/])*(?:yarn(?:pkg)?|cli)\.[cm]?js$/,
  /[\\/]\.yarn[\\/]releases[\\/]yarn-[^\\/]+\.[cm]?js$/,
  /[\\/]corepack[\\/]dist[\\/]\w+\.[cm]?js$/,
  /[\\/]typescript[\\/](?:bin[\\/]tsc|lib[\\/]_?tsc\.js)$/,
  /[\\/]bin[\\/]leakwatch\.js$/,
]

/** Whether `main`, the path of the process's main script, is one of them. */
export function isUnwatched(main: string | undefined): boolean {
  if (main === undefined) return false
  let path = main
  try {
    path = realpathSync(main)
  } catch {
    // Node complains of a script that it cannot find
  }
  return programs.some((program) => program.test(path))
}
