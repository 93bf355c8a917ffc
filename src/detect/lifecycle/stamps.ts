/** What is remembered of an object of a library's, in a private field of the object's own: a `WeakMap` costs a microsecond an entry. */

/** A constructor that gives back what it is given: what extends it puts its fields there. */
const Given = function given(object: object): object {
  return object
} as unknown as new (
  object: object,
) => object

export interface Stamp<T> {
  get(object: object): T | undefined
  /** What cannot take a field is forgotten. */
  set(object: object, value: T | undefined): void
}

export function makeStamp<T>(): Stamp<T> {
  class Field extends Given {
    #value: T | undefined

    constructor(object: object, value: T | undefined) {
      super(object)
      this.#value = value
    }

    static get(object: object): T | undefined {
      return #value in object ? object.#value : undefined
    }

    static set(object: object, value: T | undefined): void {
      if (#value in object) object.#value = value
      else if (value !== undefined && Object.isExtensible(object)) new Field(object, value)
    }
  }
  return Field
}
