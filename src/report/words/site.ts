import { isAbsolute, relative, sep } from 'node:path'
import type { Site } from '../schema/report.ts'

/** Prints places relative to `cwd`, so that editors and people find them. */
export function showSite(cwd: string, columns: boolean): (site: Site) => string {
  return ({ file, line, column }) => {
    const shown = shortPath(file, cwd)
    return columns ? `${shown}:${line}:${column}` : `${shown}:${line}`
  }
}

/**
 * A path relative to `cwd`, also where it is above it: a program runs in `dist/`, or in a package of its repository. Absolute where
 * nothing but the root is common to both, or where that is shorter.
 */
export function shortPath(file: string, cwd: string): string {
  if (cwd === '' || !isAbsolute(file)) return file
  const path = relative(cwd, file)
  if (path === '' || isAbsolute(path)) return file
  if (path !== '..' && !path.startsWith(`..${sep}`)) return path
  const ups = path.split(sep).filter((part) => part === '..').length
  const isRootCommon = ups >= cwd.split(sep).filter((part) => part !== '').length
  return isRootCommon || path.length > file.length + 1 ? file : path
}
