/**
 * The verbs of ES5 constructors, and what registers those that have both: `Engine.prototype.start = function () {}`, and what compilers
 * make of a class, `_createClass(Engine, [{ key: 'start', value: function () {} }])`.
 */
import type { Es5Constructors } from './es5-constructors.ts'
import { aroundConstructor, constructorRegistration, type Insertion } from './injection.ts'
import type { Inside } from './inside.ts'
import { insideMethods, placeId } from './inside-methods.ts'
import { isNode, keyName, type Node, nodes, type Visited } from './syntax.ts'
import { familiesAmong, isAnyStart, isAnyStop, mayBeVerb } from './verb-families.ts'

/** What gives an ES5 constructor a base, which may have the other verb. */
const inheritance = /\b(?:__extends|_?inherits\d?|setPrototypeOf)\b|\bObject\.create\b/

/** A function that a prototype is given. */
interface Given {
  key: string
  method: Node
}

interface Verbs {
  readonly names: readonly string[]
  /** The first statement begins there, and the last ends. */
  start: number
  end: number
  /** The call that gives them, where no statement can follow it. */
  returned: Node | null
}

/** The verbs that prototypes are given, by their constructors as the program writes them: `A.b`. */
export class Prototypes {
  readonly #byReference = new Map<string, Verbs>()
  readonly #given = new Map<string, Given[]>()

  /** `reference` is given a method, of whatever name. */
  noteMethod(reference: string, key: string, method: Node): void {
    const given = this.#given.get(reference)
    if (given === undefined) this.#given.set(reference, [{ key, method }])
    else given.push({ key, method })
  }

  /** A statement that gives `reference` methods of these names, a verb among them. */
  note(
    reference: string,
    names: readonly string[],
    from: number,
    end: number,
    returned: Node | null = null,
  ): void {
    const known = this.#byReference.get(reference)
    this.#byReference.set(reference, {
      names: [...(known?.names ?? []), ...names],
      start: Math.min(from, known?.start ?? from),
      end: Math.max(end, known?.end ?? end),
      returned,
    })
  }

  /** A call that gives a constructor a list of methods, by their descriptors. */
  noteList({ node, parents }: Visited): void {
    const [target, list] = nodes(node.arguments)
    if (target?.type !== 'Identifier' || list?.type !== 'ArrayExpression') return
    const [block, statement] = parents.slice(-2)
    const isReturned = statement?.type === 'ReturnStatement'
    const isInBlock = block?.type === 'Program' || block?.type === 'BlockStatement'
    if (!isInBlock || !(isReturned || statement?.type === 'ExpressionStatement')) return
    const given = nodes(list.elements).flatMap(describedValue)
    const keys = given.map(({ key }) => key)
    if (!keys.some(mayBeVerb)) return
    const reference = target.name as string
    for (const { key, method } of given)
      if (method.type === 'FunctionExpression') this.noteMethod(reference, key, method)
    this.note(reference, keys, statement.start, statement.end, isReturned ? node : null)
  }

  insertions(
    file: string,
    lineOf: (offset: number) => number,
    inside: Inside,
    constructors: Es5Constructors,
  ): Insertion[] {
    const isDerived = inheritance.test(inside.source)
    return [...this.#byReference].flatMap(([reference, { names, start, end, returned }]) => {
      const families = familiesAmong(names, isDerived)
      const begins = constructors.insertion(reference, inside.source)
      const hasStart = names.some((each) => isAnyStart(each, families))
      const hasStop = names.some((each) => isAnyStop(each, families))
      if (isDerived ? !hasStart && !hasStop : !hasStop || (!hasStart && begins === null)) return []
      const name = reference.split('.').at(-1) as string
      const described = { name, file, line: lineOf(start), endLine: lineOf(end - 1) }
      const insertions: Insertion[] = begins === null ? [] : [begins]
      const id = placeId(file, start)
      const given = (this.#given.get(reference) ?? []).map(({ key, method }) => memberOf(key, method))
      const keys = insideMethods(given, id, inside, insertions, families)
      const told = { id, keys }
      if (returned === null)
        return [...insertions, { at: end, text: constructorRegistration(reference, described, told) }]
      const [before, after] = aroundConstructor(reference, described, told)
      insertions.push({ at: returned.start, text: before }, { at: returned.end, text: after })
      return insertions
    })
  }
}

function memberOf(key: string, method: Node): Node {
  const name: Node = { type: 'Identifier', start: 0, end: 0, name: key }
  return { type: 'Property', start: 0, end: 0, key: name, value: method }
}

/** `{ key: 'start', value: function () {} }`; none: it describes something else. */
function describedValue(descriptor: Node): Given[] {
  const properties = new Map(nodes(descriptor.properties).map((each) => [keyName(each), each.value]))
  const key = properties.get('key')
  const method = properties.get('value')
  return isNode(key) && typeof key.value === 'string' && isNode(method) ? [{ key: key.value, method }] : []
}
