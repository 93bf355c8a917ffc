/**
 * Which record an object has, in a private field of the object's own: nothing of the program's can see it, not on a frozen
 * object or a proxy either. It costs a tenth of an entry in a `WeakMap`, whose tables the garbage collector has to go through
 * (2 µs an engine that is started and stopped).
 */
import type { EngineRecord } from './engine-record.ts'

/** A constructor that gives back what it is given: what extends it puts its fields there. */
const Given = function given(object: object): object {
  return object
} as unknown as new (
  object: object,
) => object

class Stamp extends Given {
  #record: EngineRecord

  constructor(object: object, record: EngineRecord) {
    super(object)
    this.#record = record
  }

  static put(object: object, record: EngineRecord): void {
    if (#record in object) object.#record = record
    else new Stamp(object, record)
  }

  static has(object: object): boolean {
    return #record in object
  }

  static of(object: object): EngineRecord | undefined {
    return #record in object ? object.#record : undefined
  }
}

/** For objects that take no field: a module's namespace, and frozen ones where the language forbids it. */
const unstamped = new WeakMap<object, EngineRecord>()
let hasUnstamped = false

export function stamp(object: object, record: EngineRecord): void {
  try {
    Stamp.put(object, record)
  } catch {
    unstamped.set(object, record)
    hasUnstamped = true
  }
}

/** The same question as `stampOf`, asked where the objects are of few classes: V8 then answers it by their shapes. */
export function isStamped(object: object): boolean {
  return Stamp.has(object) || (hasUnstamped && unstamped.has(object))
}

/** Of whatever a method may be called on. */
export function stampOf(object: unknown): EngineRecord | undefined {
  if ((typeof object !== 'object' || object === null) && typeof object !== 'function') return undefined
  return Stamp.of(object) ?? (hasUnstamped ? unstamped.get(object) : undefined)
}
