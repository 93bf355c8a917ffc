/**
 * Which record an object has, in a private field of the object's own: nothing of the program's can see it, not on a frozen
 * object or a proxy either. It costs a tenth of an entry in a `WeakMap`, whose tables the garbage collector has to go through
 * (2 µs an engine that is started and stopped).
 */
import type { EngineRecord } from './engine-record.ts'
import { state } from './state.ts'

/** A constructor that gives back what it is given: what extends it puts its fields there. */
export const Given = function given(object: object): object {
  return object
} as unknown as new (
  object: object,
) => object

class RecordField extends Given {
  #record: EngineRecord | undefined

  constructor(object: object, record: EngineRecord | undefined) {
    super(object)
    this.#record = record
  }

  static put(object: object, record: EngineRecord | undefined): void {
    if (#record in object) object.#record = record
    else new RecordField(object, record)
  }

  /** The same as `of`, asked where the objects are of few classes: V8 then answers it by their shapes. */
  static ofFew(object: object): EngineRecord | undefined {
    return #record in object ? object.#record : undefined
  }

  static of(object: object): EngineRecord | undefined {
    return #record in object ? object.#record : undefined
  }
}

/** From now on this is the object's record. */
export function setRecord(object: object, record: EngineRecord): void {
  try {
    RecordField.put(object, record)
  } catch {
    state.fieldless.set(object, record)
    state.hasFieldless = true
  }
}

/** The same as `recordOf`, for objects of few classes. */
export function recordOfFew(object: object): EngineRecord | undefined {
  return RecordField.ofFew(object) ?? (state.hasFieldless ? state.fieldless.get(object) : undefined)
}

/** The object has no record any more. */
export function clearRecord(object: object): void {
  if (state.fieldless.delete(object)) return
  RecordField.put(object, undefined)
}

/** The record of whatever a method may be called on. */
export function recordOf(object: unknown): EngineRecord | undefined {
  if ((typeof object !== 'object' || object === null) && typeof object !== 'function') return undefined
  return RecordField.of(object) ?? (state.hasFieldless ? state.fieldless.get(object) : undefined)
}
