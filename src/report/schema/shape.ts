/** What plain data has to be like, as a value that says so: a schema that one function checks. */

/** Gives what is wrong with a value at `path`; `null`: nothing. */
export type Shape = (value: unknown, path: string) => Mismatch | null

export interface Mismatch {
  /** `findings[3].count`. */
  path: string
  value: unknown
}

function simple(isRight: (value: unknown) => boolean): Shape {
  return (value, path) => (isRight(value) ? null : { path, value })
}

export const text: Shape = simple((value) => typeof value === 'string')
export const time: Shape = simple((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)))
export const number: Shape = simple((value) => typeof value === 'number')
export const flag: Shape = simple((value) => typeof value === 'boolean')
const plain: Shape = simple((value) => ['string', 'number', 'boolean'].includes(typeof value))

export function orNull(shape: Shape): Shape {
  return (value, path) => (value === null ? null : shape(value, path))
}

/** It may be missing. */
export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? null : shape(value, path))
}

export function list(shape: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return { path, value }
    for (const [index, each] of value.entries()) {
      const at = `${path}[${index}]`
      const wrong = shape(each, at)
      // Of a list with something else in it, all is shown.
      if (wrong !== null) return wrong.path === at ? { path, value } : wrong
    }
    return null
  }
}

/** All keys of `T`, those that may be missing among them. There may be others: a newer leakwatch adds some. */
export function object<T extends object>(keys: Readonly<Record<keyof T & string, Shape>>): Shape {
  const all = Object.entries<Shape>(keys)
  return (value, path) => {
    if (!isObject(value)) return { path, value }
    for (const [key, shape] of all) {
      const wrong = shape(value[key], path === '' ? key : `${path}.${key}`)
      if (wrong !== null) return wrong
    }
    return null
  }
}

/** Facts by their names. */
export const facts: Shape = (value, path) => {
  if (!isObject(value)) return { path, value }
  for (const key of Object.keys(value)) {
    const wrong = plain(value[key], `${path}.${key}`)
    if (wrong !== null) return wrong
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
