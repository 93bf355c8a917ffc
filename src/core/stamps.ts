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
  #record: EngineRecord | undefined

  constructor(object: object, record: EngineRecord | undefined) {
    super(object)
    this.#record = record
  }

  static put(object: object, record: EngineRecord | undefined): void {
    if (#record in object) object.#record = record
    else new Stamp(object, record)
  }

  /** The same as `of`, asked where the objects are of few classes: V8 then answers it by their shapes. */
  static ofFew(object: object): EngineRecord | undefined {
    return #record in object ? object.#record : undefined
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

/** The same as `stampOf`, for objects of few classes. */
export function stampOfFew(object: object): EngineRecord | undefined {
  return Stamp.ofFew(object) ?? (hasUnstamped ? unstamped.get(object) : undefined)
}

export function unstamp(object: object): void {
  if (unstamped.delete(object)) return
  Stamp.put(object, undefined)
}

/** Of whatever a method may be called on. */
export function stampOf(object: unknown): EngineRecord | undefined {
  if ((typeof object !== 'object' || object === null) && typeof object !== 'function') return undefined
  return Stamp.of(object) ?? (hasUnstamped ? unstamped.get(object) : undefined)
}
