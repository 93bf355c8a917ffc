import { isAbsolute, relative, sep } from 'node:path'

/** The folders to which CI's paths are relative: the checkout, and the program's working directory. */
export interface Roots {
  workspace: string
  cwd: string
}

/**
 * The path of a file in its repository, with `/`: relative to the workspace, or to the working directory if the program ran in a
 * container. `null`: the file is in neither folder, or has no path.
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
