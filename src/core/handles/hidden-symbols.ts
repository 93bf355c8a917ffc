/** What Node keeps under symbols that are only known by their descriptions. */
import { state } from './state.ts'

/** The value under the symbol with this description, found on the object or its prototypes. Runs no getter. */
export function underSymbol(object: object, description: string): unknown {
  const found = find(object, description)
  return found === null ? undefined : Object.getOwnPropertyDescriptor(found.holder, found.symbol)?.value
}

/** The same where it may be a getter: only of objects of Node's own, whose getters are not the program's. */
export function readSymbol(object: object, description: string): unknown {
  const found = find(object, description)
  return found === null ? undefined : (object as Record<symbol, unknown>)[found.symbol]
}

function find(object: object, description: string): { holder: object; symbol: symbol } | null {
  for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const symbol = symbolOf(holder, description)
    if (symbol !== undefined) return { holder, symbol }
  }
  return null
}

function symbolOf(holder: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(holder).find((key) => key.description === description)
}

/** The object that a wrap of libuv's works for: the `net.Socket` of a `TCPWRAP`. */
export function ownerOf(resource: object): object | null {
  // One symbol for all wraps: it is looked for once.
  state.ownerSymbol ??= symbolOf(resource, 'owner_symbol') ?? null
  if (state.ownerSymbol === null) return null
  const owner = (resource as Record<symbol, unknown>)[state.ownerSymbol]
  return typeof owner === 'object' && owner !== null ? owner : null
}
