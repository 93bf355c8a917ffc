/**
 * Calls `called` with the object of which a method is asked for: that is right before it is called, so what leakwatch does is over by
 * then, and on no stack of a test's. `owner` is the object itself or a prototype; others may still replace the method.
 */
export function whenCalled<Owner extends object>(
  owner: Owner,
  name: keyof Owner,
  called: (self: Owner) => void,
): void {
  let method = owner[name]
  const isPrototype = Object.hasOwn(owner, 'constructor')
  Object.defineProperty(owner, name, {
    get(this: Owner) {
      // Who asks the prototype itself is about to go around the method.
      if (!isPrototype || this !== owner) called(this)
      return method
    },
    set(this: Owner, value) {
      if (this === owner) method = value
      else Object.defineProperty(this, name, { value, configurable: true, writable: true, enumerable: true })
    },
    configurable: true,
  })
}
