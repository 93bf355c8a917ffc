/** Wraps the methods of engines. Which could not be wrapped is remembered: what cannot be seen to stop is not accused. */

import { boundedText, notCovered } from '../../core/self/faults.ts'
import { insertedText } from '../../core/self/written-text.ts'
import { hookName } from '../source/hook-name.ts'
import { type Families, noFamilies } from '../source/verb-families.ts'
import { isStartVerb, isStopVerb, mayEnd, verbName } from '../source/verbs.ts'
import { aroundStart, aroundStop, aroundWork, boundTo } from './around.ts'
import { wrapGenerator } from './generators.ts'
import type { Part } from './named-verbs.ts'
import type { Recognition } from './recognition.ts'
import { state } from './state.ts'
import { textOfMethod } from './verbs-of.ts'
import { type Around, ownOf, type Refusal, type Wrappers, wrapProperty } from './wrap.ts'

const { types } = process.getBuiltinModule('node:util')

/** What a method does, by its name. */
function usualPart(name: string | null, families: Families = noFamilies): Part {
  if (name === null) return 'work'
  if (isStartVerb(name)) return 'start'
  return isStopVerb(name) ? 'stop' : (families.get(name) ?? 'work')
}

/**
 * Wraps the methods that `holder` has itself, those of `keys`, and tells the report of those that it could not. `object`: the verbs
 * of an object's own mean it, whatever they are called on. Gives whether all are wrapped.
 */
export function wrapMethods(
  holder: object,
  engine: string,
  recognition: Recognition,
  object: object | null = null,
  keys: readonly (string | symbol)[] = Reflect.ownKeys(holder),
): boolean {
  let accessors: string[] | null = null
  let hasStart = false
  let hasStop = false
  let isComplete = true
  const wrappers: Wrappers = new Map()
  const { families } = recognition
  for (const key of verbsFirst(keys, families)) {
    if (key === 'constructor') continue
    const refused = wrapMethod(holder, key, recognition, object, wrappers)
    if (refused === null || refused === 'wrapped already') {
      const part = usualPart(verbName(key), families)
      hasStart ||= part === 'start'
      hasStop ||= part === 'stop'
    } else if (refused === 'accessor') {
      accessors ??= []
      accessors.push(verbName(key) ?? '')
    } else if (refused !== 'no function') {
      isComplete = false
      noteRefused(holder, key, engine, refused)
    }
  }
  // `get open()` often tells a state: it is missed only where nothing else starts, or stops, the engine.
  for (const method of accessors ?? []) {
    const part = usualPart(method)
    if ((part === 'start' && hasStop && !hasStart) || (part === 'stop' && hasStart && !hasStop))
      noteUnseen(engine, method, 'accessor')
  }
  return isComplete
}

function partOf(name: string | null, value: unknown, families: Families | undefined): Part {
  const part = usualPart(name, families)
  const isNone =
    part === 'stop' && typeof value === 'function' && !mayEnd(name ?? '', () => textOfMethod(value))
  return isNone ? 'work' : part
}

/** What one function does under several names, it does under its verb. */
function verbsFirst(keys: readonly (string | symbol)[], families: Families | undefined): (string | symbol)[] {
  const isVerb = (key: string | symbol) => usualPart(verbName(key), families) !== 'work'
  return [...keys.filter(isVerb), ...keys.filter((key) => !isVerb(key))]
}

/** Wraps one method by its name; why it was left as it is, or `null`. */
export function wrapMethod(
  holder: object,
  key: string | symbol,
  recognition: Recognition,
  object: object | null,
  wrappers: Wrappers | null = null,
): Refusal | null {
  const name = verbName(key)
  const value = functionOf(holder, key)
  const part = partOf(name, value, recognition.families)
  // A plain generator may make a million steps a second, and recurse as deep as the stack allows: it is left alone.
  const isPlain = types.isGeneratorFunction(value) && !types.isAsyncFunction(value)
  if (isPlain) return part === 'stop' ? 'generator' : null
  if (part === 'start') return wrapAs(holder, key, aroundStart(name as string, recognition), object, wrappers)
  if (part === 'stop') return wrapAs(holder, key, aroundStop(name as string, recognition), object, wrappers)
  // `off` and `removeListener` of Node's emitters stay one function; `A.prototype.reset = A`, the constructor.
  if (value === functionOf(holder, 'constructor') || isInherited(holder, value)) return null
  return wrapAs(holder, key, aroundWork(name, recognition), null, wrappers)
}

/** Whether a function is one that `holder` would have without it, whatever its name there. */
function isInherited(holder: object, value: unknown): boolean {
  if (typeof value !== 'function' || isTelling(value)) return false
  for (
    let each = Object.getPrototypeOf(holder);
    each !== null && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  )
    for (const key of Reflect.ownKeys(each)) if (functionOf(each, key) === value) return true
  return false
}

function functionOf(holder: object, key: string | symbol): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value
}

/** Wraps a method of an engine; why it was left as it is, or `null`. `object`: it means this one, whatever it is called on. */
export function wrapAs(
  holder: object,
  key: string | symbol,
  around: Around,
  object: object | null,
  wrappers: Wrappers | null = null,
): Refusal | null {
  if (isTelling(functionOf(holder, key))) return 'wrapped already'
  const meant = object === null ? around : boundTo(object, around)
  if (!types.isGeneratorFunction(functionOf(holder, key)))
    return wrapProperty(holder, key, meant, undefined, wrappers).refused
  // A generator's wrapper is a Proxy, and V8's `await using` calls none (Node 24).
  if (key === Symbol.dispose || key === Symbol.asyncDispose) return 'defended'
  // Its first step ends no engine, and nothing tells of its last.
  if (ownOf(around, 'isStop') === true) return 'generator'
  return wrapProperty(holder, key, meant, wrapGenerator, wrappers).refused
}

/** Whether a function tells of its calls itself. */
export function isTelling(value: unknown): boolean {
  return typeof value === 'function' && state.telling.has(value)
}

/** In the text of a method that tells. */
const mark = `=='object'?${hookName}.`

/** Remembers which methods of `holder` tell of their calls themselves: those with these keys, unless another has taken their place. */
export function noteTelling(holder: object, keys: readonly (string | symbol)[]): void {
  for (const key of keys) {
    const value = functionOf(holder, key)
    if (typeof value === 'function' && insertedText(value as () => unknown).includes(mark))
      state.telling.add(value)
  }
}

/** Keys as a registration lists them. */
export function keysOf(list: string): (string | symbol)[] {
  return list.split(',').map((name) => {
    if (name === '[Symbol.dispose]') return Symbol.dispose
    return name === '[Symbol.asyncDispose]' ? Symbol.asyncDispose : name
  })
}

/** Remembers that a method of `engine` could not be wrapped. */
export function noteRefused(holder: object, key: string | symbol, engine: string, refused: Refusal): void {
  const value = functionOf(holder, key)
  const name = verbName(key)
  if (typeof value === 'function' && usualPart(name) === 'stop') state.unseenStops.add(value)
  if (refused === 'frozen') noteNotCovered(`${engine}: its methods are frozen`)
  else if (name !== null) noteUnseen(engine, name, refused)
}

const reasons: Readonly<Record<Refusal, string | null>> = {
  'no function': null,
  'wrapped already': null,
  accessor: 'it is an accessor',
  frozen: 'it is frozen',
  defended: 'it takes no other function in its place',
  generator: 'it is a generator',
}

/** Tells the report which calls are not seen, and why. */
export function noteUnseen(engine: string, method: string, refused: Refusal): void {
  const reason = reasons[refused]
  if (reason !== null) noteNotCovered(`${engine}: calls of its \`${method}\` are not seen, as ${reason}`)
}

/** Names may come from the program, and be many: the first are enough. */
const linesNotCovered = 100

function noteNotCovered(line: string): void {
  const lines = notCovered()
  if (lines.size < linesNotCovered) lines.add(boundedText(line))
}
