/** An ES module as a loader gave it, with registrations. Runs in the loader thread too: it loads little. */
import { isProgramFile } from './own-files.ts'
import { transform } from './transform.ts'
import { filePath } from '../core/stack.ts'

export interface Loaded {
  format?: string | null | undefined
  source?: string | ArrayBuffer | NodeJS.ArrayBufferView | null | undefined
}

/** The very same where nothing changes; `fail` is told of a file that could not be read. */
export function transformModule<T extends Loaded>(
  url: string,
  loaded: T,
  fail: (file: string, error: unknown) => void,
): T {
  const { format, source } = loaded
  if (!url.startsWith('file:') || (format !== 'module' && format !== 'module-typescript')) return loaded
  const file = filePath(url)
  if (file === null || !isProgramFile(file) || source === null || source === undefined) return loaded
  try {
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
    const changed = transform(text, file)
    return changed === null ? loaded : { ...loaded, source: changed }
  } catch (error) {
    fail(file, error)
    return loaded
  }
}
