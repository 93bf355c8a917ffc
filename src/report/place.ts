import { isAbsolute, relative } from 'node:path'
import type { Site } from './report.ts'

/** How places are printed: relative to `cwd` where they are in it, so that editors and eyes find them. */
export function showPlace(cwd: string, columns: boolean): (site: Site) => string {
  return ({ file, line, column }) => {
    const path = cwd === '' || !isAbsolute(file) ? file : relative(cwd, file)
    const shown = path === '' || path.startsWith('..') || isAbsolute(path) ? file : path
    return columns ? `${shown}:${line}:${column}` : `${shown}:${line}`
  }
}
