/** Call sites of ES modules name a URL, those of CommonJS a path. Decoded here without loading `node:url`. */
export function filePath(name: string | null): string | null {
  if (name === null || !name.startsWith('file://')) return name
  const path = name.slice('file://'.length).replace(/[?#].*$/s, '')
  try {
    return process.platform === 'win32' ? decodeURIComponent(path.slice(1)) : decodeURIComponent(path)
  } catch {
    return path
  }
}
