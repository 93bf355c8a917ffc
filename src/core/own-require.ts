/**
 * Loads leakwatch's own modules when they are first needed. There is one of each: what a compiler that hooks `require` would
 * copy is loaded as it would have been with leakwatch itself, and finds what was loaded before.
 */
import { createRequire } from 'node:module'

type Extensions = Record<string, unknown>

const extensions = createRequire(import.meta.url).extensions as Extensions
/** What loads a file, before any compiler that comes after leakwatch. */
const loader = Object.getOwnPropertyDescriptor(extensions, '.js')

/** What `require.cache` has of leakwatch while it loads something; out of there at all other times: it is the program's. */
const own: Record<string, NodeJS.Module | undefined> = {}

/** Everything loaded so far, for a copy that a compiler made of this module. */
export function ownModules(): Readonly<Record<string, NodeJS.Module | undefined>> {
  return own
}

/** Takes over what another copy of this module has loaded. */
export function shareModules(modules: Readonly<Record<string, NodeJS.Module | undefined>>): void {
  Object.assign(own, modules)
}

/** A `require` that leaves nothing behind in `require.cache`. `from` is the `import.meta.url` of who asks. */
export function ownRequire(from: string): (id: string) => unknown {
  const require = createRequire(from)
  const loaded = new Map<string, unknown>()
  return (id) => {
    if (!loaded.has(id)) loaded.set(id, load(require, id))
    return loaded.get(id)
  }
}

function load(require: NodeJS.Require, id: string): unknown {
  const { cache } = require
  const theirs = new Set(Object.keys(cache))
  const theirLoader = Object.getOwnPropertyDescriptor(extensions, '.js')
  for (const key of Object.keys(own)) if (!theirs.has(key)) cache[key] = own[key]
  set(loader)
  try {
    return require(id)
  } finally {
    set(theirLoader)
    for (const key of Object.keys(cache)) {
      if (theirs.has(key)) continue
      own[key] = cache[key]
      delete cache[key]
    }
  }
}

function set(descriptor: PropertyDescriptor | undefined): void {
  if (descriptor !== undefined) Reflect.defineProperty(extensions, '.js', descriptor)
}
