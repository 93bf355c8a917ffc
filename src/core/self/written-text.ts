/** Which function of the program or of Node stands behind a wrapper of ours: its source text is what the wrapper shows. */
import { type AnyFunction, state } from './state.ts'

/** From now on `wrapper` shows the source of `original`. */
export function showAs(wrapper: object, original: AnyFunction): void {
  state.originals.set(wrapper, original)
}

/** The function that a wrapper of ours stands for; `undefined` for any other value. */
export function writtenAs(candidate: object): AnyFunction | undefined {
  return state.originals.get(candidate)
}

const { toString: textOf } = Function.prototype

/** The text of a function as V8 has it, with what was inserted. */
export function insertedText(candidate: AnyFunction): string {
  return Reflect.apply(textOf, candidate, [])
}
