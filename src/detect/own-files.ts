/** Which files are the program's own code. */
const ownFolder = __dirname.replace(/detect$/, '')

export function isProgramFile(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(ownFolder)
}
