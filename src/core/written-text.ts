/** Which function of the program or of Node stands behind a wrapper of ours: its source text is what the wrapper shows. */
type AnyFunction = (...args: never[]) => unknown

const originals = new WeakMap<object, AnyFunction>()

/** From now on `wrapper` shows the source of `original`. */
export function showAs(wrapper: object, original: AnyFunction): void {
  originals.set(wrapper, original)
}

/** The function that a wrapper of ours stands for; `undefined` for any other value. */
export function writtenAs(candidate: object): AnyFunction | undefined {
  return originals.get(candidate)
}
