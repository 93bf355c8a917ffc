/** The name of the package that a file below `node_modules` belongs to; empty where it is in none. */
export function packageIn(file: string): string {
  const [, name = ''] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file) ?? []
  return name.replaceAll('\\', '/')
}
