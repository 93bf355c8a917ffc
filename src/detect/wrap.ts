/**
 * Replaces a function of the program by one that the program cannot tell from it: same name, length, kind, `this`,
 * source text and property attributes. The only place that does so.
 */
import type { EngineClass } from '../core/engine-record.ts'
import { recordFault } from '../core/faults.ts'
import { limitStacks, type RawHolder, StackHolder, unlimitStacks } from '../core/stack.ts'
import { showAs, writtenAs } from '../core/written-text.ts'

const { types } = process.getBuiltinModule('node:util')

export type AnyFunction = (...args: unknown[]) => unknown

/**
 * What is done around a call; it has to make the call (`Reflect.apply(original, self, args)`) exactly once. `entry` is the
 * function that the program called: a stack is that of its caller.
 */
export interface Around {
  (original: AnyFunction, self: unknown, args: unknown[], entry: AnyFunction, plan: StackPlan | null): unknown
  /** Whether there is nothing to do: the call is then made with the fewest frames, for programs that recurse deep. */
  passes?: (self: unknown) => boolean
  /** Comes first: calls on what is taken for no engine. */
  light?: LightAround | undefined
  /** What it needs to know before the call, where the stack of the program's call belongs to that; does not throw. */
  plan?: (self: unknown, args: unknown[]) => StackPlan | null
}

/** A scanner's methods are called a million times a second (see `core/light-work.ts`). */
export interface LightAround {
  /** The class of `self`; `null`: it may be an engine. */
  classOf(self: unknown): EngineClass | null
  /** Whether there is nothing to do. */
  passes?: (self: unknown) => boolean
  call(cls: EngineClass, original: AnyFunction, self: unknown, args: unknown[]): unknown
}

/** A call whose stack is wanted: captured next to the program's own frames, where it costs least. */
export interface StackPlan {
  /** Of how many of the program's frames; 0: of none. */
  readonly depth: number
  /** What V8 captured. */
  holder: RawHolder | null
}

function wantsStack(plan: StackPlan | null): plan is StackPlan {
  return plan !== null && plan.depth > 0 && limitStacks(plan.depth + 1)
}

/** Classes whose methods cannot be replaced, for the report's `notCovered`. */
export const frozenClasses: Set<string> = new Set()

const plainKeys = new Set(['length', 'name', 'arguments', 'caller', 'prototype'])

/**
 * Wraps the function that `holder` has as its own data property `key`. Returns its undo; `null` where there is no
 * such function, or it cannot be replaced (an accessor, a frozen class) or would show (a generator).
 */
export function wrapProperty(holder: object, key: string | symbol, around: Around): (() => void) | null {
  const descriptor = Object.getOwnPropertyDescriptor(holder, key)
  if (descriptor === undefined || typeof descriptor.value !== 'function') return null
  const original = descriptor.value as AnyFunction
  if (writtenAs(original) !== undefined || types.isGeneratorFunction(original)) return null
  if (descriptor.configurable !== true && descriptor.writable !== true) return null
  const wrapper = wrapFunction(original, around, typeof key === 'symbol')
  showAs(wrapper, original)
  try {
    if (!Reflect.defineProperty(holder, key, { ...descriptor, value: wrapper })) return null
  } catch (error) {
    recordFault('wrapping a method', error)
    return null
  }
  return () => {
    if (Object.getOwnPropertyDescriptor(holder, key)?.value === wrapper)
      Object.defineProperty(holder, key, descriptor)
  }
}

/**
 * A Proxy is the truest copy, but overflows where a program recurses some 3,000 deep; a shorthand method does not. So:
 * methods and arrow functions become a shorthand method; async functions, constructors and functions with
 * properties of their own a Proxy. `isPlain`: a method under a symbol, as V8's `await using` calls no Proxy (Node 24).
 */
function wrapFunction(original: AnyFunction, around: Around, isPlain: boolean): AnyFunction {
  const { light, passes, plan } = around
  if (!isPlain && isBestProxied(original)) {
    const apply = (target: AnyFunction, self: unknown, args: unknown[]): unknown => {
      const cls = light === undefined ? null : light.classOf(self)
      if (light !== undefined && cls !== null && light.passes?.(self) !== true)
        return light.call(cls, target, self, args)
      if (cls !== null || passes?.(self) === true) return Reflect.apply(target, self, args)
      const planned = plan?.(self, args) ?? null
      if (wantsStack(planned)) {
        planned.holder = new StackHolder()
        unlimitStacks()
      }
      return around(target, self, args, apply as AnyFunction, planned)
    }
    return new Proxy(original, { apply })
  }
  const { wrapper } = {
    wrapper(this: unknown, ...args: unknown[]): unknown {
      const cls = light === undefined ? null : light.classOf(this)
      if (light !== undefined && cls !== null && light.passes?.(this) !== true)
        return light.call(cls, original, this, args)
      if (cls !== null || passes?.(this) === true) return Reflect.apply(original, this, args)
      const planned = plan?.(this, args) ?? null
      if (wantsStack(planned)) {
        planned.holder = new StackHolder()
        unlimitStacks()
      }
      return around(original, this, args, wrapper, planned)
    },
  }
  copyAttribute(wrapper, original, 'length')
  copyAttribute(wrapper, original, 'name')
  if (Object.getPrototypeOf(original) !== Function.prototype) {
    Object.setPrototypeOf(wrapper, Object.getPrototypeOf(original))
  }
  return wrapper
}

function isBestProxied(original: AnyFunction): boolean {
  if (types.isAsyncFunction(original) || types.isProxy(original) || Object.hasOwn(original, 'prototype'))
    return true
  return Reflect.ownKeys(original).some((key) => typeof key === 'symbol' || !plainKeys.has(key))
}

function copyAttribute(wrapper: AnyFunction, original: AnyFunction, key: 'length' | 'name'): void {
  const descriptor = Object.getOwnPropertyDescriptor(original, key)
  if (descriptor === undefined) Reflect.deleteProperty(wrapper, key)
  else Object.defineProperty(wrapper, key, descriptor)
}
