/** What an engine keeps: in a field, or in a list, a map or a set beside others of its sort. Fields are read, no getter is called. */

const { types } = process.getBuiltinModule('node:util')

/** A socket is a field of a connection, that of a client, and that is in a list. */
const deepest = 5
const objectsLooked = 5000
/** Node's own objects lead to each other: a timer to the next one, an agent to all sockets. */
const ofNode = ['_handle', '_idleNext'] as const

/** What the fields of an engine lead to, and whether by way of a collection. Private fields do not show. */
export function keptBy(engine: object): ReadonlyMap<object, boolean> {
  const seen = new Map<object, boolean>([[engine, false]])
  let level: [object: object, isAmong: boolean][] = [[engine, false]]
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const next: typeof level = []
    for (const [object, isAmong] of level) {
      const within = isAmong || isCollection(object)
      for (const value of valuesOf(object)) {
        if (typeof value !== 'object' || value === null || types.isProxy(value)) continue
        const known = seen.get(value)
        if (known === true || known === within || seen.size >= objectsLooked) continue
        seen.set(value, within)
        if (!isOfNode(value)) next.push([value, within])
      }
    }
    level = next
  }
  seen.delete(engine)
  return seen
}

function isCollection(object: object): boolean {
  return Array.isArray(object) || types.isMap(object) || types.isSet(object)
}

function valuesOf(object: object): Iterable<unknown> {
  if (types.isMap(object)) return Map.prototype.values.call(object)
  if (types.isSet(object)) return Set.prototype.values.call(object)
  return Object.values(Object.getOwnPropertyDescriptors(object)).map(({ value }) => value as unknown)
}

function isOfNode(object: object): boolean {
  return ofNode.some((key) => Object.hasOwn(object, key))
}
