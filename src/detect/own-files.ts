/** Which files are the program's own code. */
import { filePath } from '../core/file-path.ts'

const ownFolder = filePath(new URL('..', import.meta.url).href) ?? ''

export function isProgramFile(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(ownFolder)
}
