/** A module as a loader gave it, with registrations. Runs in the loader thread too: it loads little. */

import { filePath } from '../../core/stacks/frames.ts'
import { isRead } from './own-files.ts'
import { isKnownWithout, transform } from './transform.ts'

export interface Loaded {
  format?: string | null | undefined
  source?: string | ArrayBuffer | NodeJS.ArrayBufferView | null | undefined
}

const decoder = new TextDecoder()
const code = new Set(['module', 'commonjs', 'module-typescript', 'commonjs-typescript'])

/** The very same where nothing changes; `fail` is told of a file that could not be read. */
export function transformModule<T extends Loaded>(
  url: string,
  loaded: T,
  fail: (file: string, error: unknown) => void,
): T {
  const { format, source } = loaded
  // CommonJS without a source is read by Node later on, and comes through `_compile`.
  if (!url.startsWith('file:') || !code.has(format ?? '')) return loaded
  const file = filePath(url)
  if (file === null || !isRead(file) || source === null || source === undefined) return loaded
  try {
    // Most files are: they need no text.
    if (source instanceof Uint8Array && isKnownWithout(source, file)) return loaded
    const text = typeof source === 'string' ? source : decoder.decode(source)
    const changed = transform(text, file)
    return changed === null ? loaded : { ...loaded, source: changed }
  } catch (error) {
    fail(file, error)
    return loaded
  }
}
