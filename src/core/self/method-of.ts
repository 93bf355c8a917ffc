const { types } = process.getBuiltinModule('node:util')

/** The method of this name that an object has, itself or from those that it was made of; no getter is called. `null`: none. */
export function methodOf(object: object, name: string): ((...args: never[]) => unknown) | null {
  for (
    let each: object | null = object;
    each !== null && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  ) {
    const method: unknown = Object.getOwnPropertyDescriptor(each, name)?.value
    if (typeof method === 'function') return method as (...args: never[]) => unknown
  }
  return null
}
