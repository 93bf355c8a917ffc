/** Which methods of a class, a prototype or an object tell of their calls themselves. */
import { type Insertion, writtenKeys } from './injection.ts'
import { type Inside, insideMethod } from './inside.ts'
import { keyName, type Node } from './syntax.ts'
import type { Families } from './verb-families.ts'

/** Of the class or literal that stands at an offset of a file: the same whenever it is read. */
export function placeId(file: string, at: number): number {
  let id = at
  for (let index = 0; index < file.length; index += 1)
    id = (Math.imul(id, 16_777_619) ^ file.charCodeAt(index)) >>> 1
  return id
}

/**
 * Puts into `insertions` what makes methods tell, by their properties or members; gives the keys of those that do. `families`: of their
 * class; `self`: by which they name their object.
 */
export function insideMethods(
  members: readonly Node[],
  id: number,
  inside: Inside,
  insertions: Insertion[],
  families: Families,
  self = 'this',
): string[] {
  const byKey = new Map<string, Node | null>()
  for (const member of members) {
    const key = keyName(member) ?? ''
    // Of two with one name the first is replaced.
    byKey.set(key, byKey.has(key) ? null : (member.value as Node))
  }
  return writtenKeys([...byKey.keys()]).filter((key) => {
    const method = byKey.get(key) ?? null
    const found = method === null ? null : insideMethod(method, key, id, inside, { families, self })
    if (found !== null) insertions.push(...found)
    return found !== null
  })
}
