/**
 * Promises, left out of a hook on Node before 24.21, which has no option for it (`lib/internal/async_hooks.js`). There, Node
 * installs its promise hooks anew with each hook that anyone enables, an `AsyncLocalStorage` too: so they are away until
 * something needs them, and with leakwatch that is the first engine. Until then the program's promises cost what they do
 * without a hook; a program of 500 ES modules starts in 1.02 instead of 1.15 times as long (Node 20).
 */
import type { AsyncHook } from 'node:async_hooks'

/** Of Node's own `async_wrap`, as far as it is what is expected. */
interface AsyncWrap {
  async_hook_fields?: Uint32Array
  constants?: { kTotals: number }
  setPromiseHooks?(...hooks: undefined[]): void
}

/** Enables a hook that need not hear of promises, where Node has no option for that. While others listen it does hear of them. */
export function enableWithoutPromises(hook: AsyncHook): void {
  const wrap = asyncWrap()
  const isOnly = wrap?.async_hook_fields?.[wrap.constants?.kTotals ?? -1] === 0
  hook.enable()
  if (isOnly) wrap?.setPromiseHooks?.(undefined, undefined, undefined, undefined)
}

/** `null` where Node does not let anyone have it. */
function asyncWrap(): AsyncWrap | null {
  const given = process as unknown as { binding?: (name: string) => unknown }
  // With `--pending-deprecation` it is another function, which warns.
  if (given.binding?.name !== 'binding') return null
  return silently(() => given.binding?.('async_wrap') as AsyncWrap)
}

/**
 * Without the warning that the program would show, for which it is not to blame; Node gives it once a process, so one that asks
 * for `async_wrap` itself goes without. `null` where `body` throws.
 */
function silently<T>(body: () => T): T | null {
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation')
  try {
    Object.defineProperty(process, 'noDeprecation', { value: true, configurable: true, writable: true })
    return body()
  } catch {
    // `--permission` refuses it.
    return null
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, 'noDeprecation')
    else Object.defineProperty(process, 'noDeprecation', before)
  }
}
