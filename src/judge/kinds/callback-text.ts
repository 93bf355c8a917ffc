/** What a timer's callback does, as far as its text tells. It is read, never called. */
import type { OwnedHandle } from '../../core/stock.ts'

const native = /\[native code\]\s*\}$/
const textOf = Function.prototype.toString

export interface CallbackText {
  /** Without the text of what is Node's or bound. */
  text: string
  /** Of a bound function that of what it calls. */
  name: string
}

/** `null`: it is no one-shot timer, or its text cannot be had. */
export function callbackText({ live: { record, resource } }: Pick<OwnedHandle, 'live'>): CallbackText | null {
  try {
    const callback = record.kind.callback(resource)
    if (typeof callback !== 'function') return null
    const text: string = Reflect.apply(textOf, callback, [])
    const name: unknown = Object.getOwnPropertyDescriptor(callback, 'name')?.value
    return {
      text: native.test(text) ? '' : text,
      name: typeof name === 'string' ? name.replace(/^(?:bound )+/, '') : '',
    }
  } catch {
    return null
  }
}
