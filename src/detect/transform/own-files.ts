/** Which files are the program's own code, and which others are read. */
import { isDependency } from '../../core/stacks/frames.ts'

const ownFolder = __dirname.replace(/detect[\\/]transform$/, '')

export function isProgramFile(file: string): boolean {
  return !isDependency({ file }) && !isOwnFile(file)
}

/** One of leakwatch's own. */
export function isOwnFile(file: string): boolean {
  return file.startsWith(ownFolder)
}

/** The program's own, or one of a library that is known by name: which these are is asked with the first dependency. */
export function isRead(file: string): boolean {
  if (isOwnFile(file)) return false
  if (!isDependency({ file })) return true
  const { isOfLibrary } = require('../libraries/list.js') as typeof import('../libraries/list.ts')
  return isOfLibrary(file)
}
