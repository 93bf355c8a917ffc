/** What a timer's callback, or a method, does, as far as its text tells. It is read, never called. */
import { timeout } from '../../core/handles/handle-types.ts'
import { methodOf } from '../../core/self/method-of.ts'
import type { OwnedHandle } from '../../core/stock.ts'

const native = /\[native code\]\s*\}$/
const written = Function.prototype.toString

export interface CallbackText {
  /** Without the text of what is Node's or bound. */
  text: string
  /** Of a bound function that of what it calls. */
  name: string
}

/** `null`: it is no one-shot timer, or its text cannot be had. */
export function callbackText({ live: { record, resource } }: Pick<OwnedHandle, 'live'>): CallbackText | null {
  return textFrom(() => record.kind.callback(resource))
}

/** The same of an interval, too. */
export function timerText({ live: { record, resource } }: Pick<OwnedHandle, 'live'>): CallbackText | null {
  return record.kind.type === timeout.type
    ? textFrom(() => (resource as { _onTimeout?: unknown })._onTimeout)
    : null
}

function textFrom(callbackOf: () => unknown): CallbackText | null {
  try {
    const callback = callbackOf()
    if (typeof callback !== 'function') return null
    const text = textOf(callback)
    const name: unknown = Object.getOwnPropertyDescriptor(callback, 'name')?.value
    return {
      text: native.test(text) ? '' : text,
      name: typeof name === 'string' ? name.replace(/^(?:bound )+/, '') : '',
    }
  } catch {
    return null
  }
}

/** Of a method of an object; no getter is called. */
export function methodText(target: object, name: string): string {
  const method = methodOf(target, name)
  return method === null ? '' : textOf(method)
}

function textOf(callback: unknown): string {
  return Reflect.apply(written, callback, [])
}
