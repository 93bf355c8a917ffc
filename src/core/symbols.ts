/** What Node keeps under symbols that are only known by their descriptions. */

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
    const symbol = Object.getOwnPropertySymbols(holder).find((key) => key.description === description)
    if (symbol !== undefined) return { holder, symbol }
  }
  return null
}
