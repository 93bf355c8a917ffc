import { isAbsolute, relative, sep } from 'node:path'

/** The folders that CI's paths are relative to: the checkout, and where the program ran. */
export interface Roots {
  workspace: string
  cwd: string
}

/**
 * The path of a file in its repository, with `/`: relative to the workspace, else (the program ran in a container)
 * to its working directory. `null` for a file of neither, or for none that has a path.
 */
export function repositoryPath(file: string, { workspace, cwd }: Roots): string | null {
  return within(file, workspace) ?? within(file, cwd)
}

function within(file: string, folder: string): string | null {
  if (folder === '' || !isAbsolute(file)) return null
  const path = relative(folder, file)
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return null
  return path.split(sep).join('/')
}
