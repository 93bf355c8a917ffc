/** Package managers and compilers that inherit `NODE_OPTIONS`, and leakwatch itself: it has nothing to say about them. */
const { realpathSync } = process.getBuiltinModule('node:fs')

const programs: readonly RegExp[] = [
  /[\\/]npm[\\/]bin[\\/]np[mx]-cli\.js$/,
  /[\\/]pnpm[\\/](?:[^\\/]+[\\/])*pnp[mx]\.[cm]?js$/,
  /[\\/]yarn[\\/](?:[^\\/]+[\\/])*(?:yarn(?:pkg)?|cli)\.[cm]?js$/,
  /[\\/]\.yarn[\\/]releases[\\/]yarn-[^\\/]+\.[cm]?js$/,
  /[\\/]corepack[\\/]dist[\\/]\w+\.[cm]?js$/,
  /[\\/]bin[\\/]leakwatch\.js$/,
  /[\\/]typescript[\\/](?:bin[\\/]tsc|lib[\\/]_?tsc\.js)$/,
  /[\\/]bin[\\/]leakwatch\.js$/,
]

/** Whether `main`, the path of the process's main script, is one of them. */
export function isBystander(main: string | undefined): boolean {
  if (main === undefined) return false
  let path = main
  try {
    path = realpathSync(main)
  } catch {
    // a script that cannot be found is for Node to complain of
  }
  return programs.some((program) => program.test(path))
}
