/**
 * Replaces a function of the program by one that the program cannot tell from it: same name, length, kind, `this`,
 * source text and property attributes. The only place that does so.
 */
import type { EngineClass } from '../../core/records/engine-record.ts'
import { recordFault } from '../../core/self/faults.ts'
import { showAs, writtenAs } from '../../core/self/written-text.ts'
import { limitStacks, type RawHolder, StackHolder, unlimitStacks } from '../../core/stacks/captured-stack.ts'

const { types } = process.getBuiltinModule('node:util')

export type AnyFunction = (...args: unknown[]) => unknown

/**
 * What is done around a call; it has to make the call (`Reflect.apply(original, self, args)`) exactly once. `entry` is the
 * function that the program called: a stack is that of its caller.
 */
export interface Around {
  (original: AnyFunction, self: unknown, args: unknown[], entry: AnyFunction, plan: StackPlan | null): unknown
  /** What is done instead around a generator of an engine that runs already. */
  again?: Around
  /** The call stops the engine. */
  isStop?: true
  /** Whether there is nothing to do: the call is then made with the fewest frames, as programs recurse deep. */
  passes?: (self: unknown) => boolean
  /** Asked first: what to do where the object is taken for no engine. */
  light?: LightAround | undefined
  /** Asked before the call, where the stack of the call is wanted; does not throw. */
  plan?: (self: unknown, args: unknown[]) => StackPlan | null
}

/** What `around` itself has: a program may have given all functions more. */
export function ownOf<K extends keyof Around>(around: Around, key: K): Around[K] | undefined {
  return Object.hasOwn(around, key) ? around[key] : undefined
}

/** A call on an object that is taken for no engine: a scanner's methods are called a million times a second (see `core/ownership/light-work.ts`). */
export interface LightAround {
  /** The class of `self`; `null`: it may be an engine. */
  classOf(self: unknown): EngineClass | null
  /** Whether there is nothing to do. */
  passes?: (self: unknown) => boolean
  call(cls: EngineClass, original: AnyFunction, self: unknown, args: unknown[]): unknown
}

/** A call whose stack is wanted. The wrapper captures it, next to the program's own frames, where it costs least. */
export interface StackPlan {
  /** Of how many of the program's frames; 0: of none. */
  readonly depth: number
  /** What V8 captured. */
  holder: RawHolder | null
}

/**
 * Whether `plan` asks for a stack. Where it does, stacks are limited to its depth until `unlimitStacks`. `inner`: so many frames
 * come before those that are wanted.
 */
export function wantsStack(plan: StackPlan | null, inner = 1): plan is StackPlan {
  return plan !== null && plan.depth > 0 && limitStacks(plan.depth + inner)
}

const plainKeys = new Set(['length', 'name', 'arguments', 'caller', 'prototype'])

/**
 * Why a property was not wrapped. The first two cost nothing: there is no function to call, or its calls are seen as it is.
 * `defended`: an exotic object, or a trap of the program's, refuses the wrapper.
 */
export type Refusal = 'no function' | 'wrapped already' | 'accessor' | 'frozen' | 'defended' | 'generator'

/** What came of wrapping a property: its undo, or why it was left as it is. */
export type Wrapped =
  | { readonly undo: () => void; readonly refused: null }
  | { readonly undo: null; readonly refused: Refusal }

/** The wrappers of a holder's functions: one that has several names has one wrapper. */
export type Wrappers = Map<AnyFunction, AnyFunction>

/** Wraps the function that `holder` has as its own data property `key`; a generator needs a wrapper of its own kind. */
export function wrapProperty(
  holder: object,
  key: string | symbol,
  around: Around,
  wrap: typeof wrapFunction = wrapFunction,
  wrappers: Wrappers | null = null,
): Wrapped {
  const descriptor = Object.getOwnPropertyDescriptor(holder, key)
  let refused = refusal(descriptor)
  if (descriptor === undefined || refused !== null) return { undo: null, refused: refused as Refusal }
  const original = descriptor.value as AnyFunction
  const wrapper = wrappers?.get(original) ?? wrap(original, around, typeof key === 'symbol')
  showAs(wrapper, original)
  wrappers?.set(original, wrapper)
  try {
    if (!Reflect.defineProperty(holder, key, { ...descriptor, value: wrapper })) refused = 'defended'
  } catch (error) {
    recordFault('wrapping a method', error)
    refused = 'defended'
  }
  if (refused !== null) return { undo: null, refused }
  nameConstructor(original, original, wrapper)
  const undo = (): void => {
    nameConstructor(original, wrapper, original)
    if (Object.getOwnPropertyDescriptor(holder, key)?.value === wrapper)
      Object.defineProperty(holder, key, descriptor)
  }
  return { undo, refused }
}

/**
 * Puts what `replacement` gives in the place of a function of Node's: a plain function, where a proxy would take a second frame on each of
 * the program's stacks. It has to have the original's kind. Returns its undo.
 */
export function replaceFunction(
  holder: object,
  key: string,
  replacement: (original: AnyFunction) => AnyFunction,
): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, key)
  if (typeof descriptor?.value !== 'function' || descriptor.configurable !== true) return () => {}
  const original = descriptor.value as AnyFunction
  const wrapper = replacement(original)
  for (const each of ['name', 'length'] as const)
    Object.defineProperty(wrapper, each, { value: original[each], configurable: true })
  showAs(wrapper, original)
  Object.defineProperty(holder, key, { ...descriptor, value: wrapper })
  return () => {
    if (Object.getOwnPropertyDescriptor(holder, key)?.value === wrapper)
      Object.defineProperty(holder, key, descriptor)
  }
}

/** What the function constructs names it as its constructor: the one that the program sees. */
function nameConstructor(original: AnyFunction, from: AnyFunction, to: AnyFunction): void {
  if (types.isProxy(original)) return
  const prototype: unknown = Object.getOwnPropertyDescriptor(original, 'prototype')?.value
  if (typeof prototype !== 'object' || prototype === null || types.isProxy(prototype)) return
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'constructor')
  if (descriptor?.value === from && (descriptor.writable === true || descriptor.configurable === true))
    Object.defineProperty(prototype, 'constructor', { ...descriptor, value: to })
}

function refusal(descriptor: PropertyDescriptor | undefined): Refusal | null {
  const { value, get, set, configurable, writable } = descriptor ?? {}
  if (typeof value !== 'function') return (get ?? set) === undefined ? 'no function' : 'accessor'
  if (writtenAs(value) !== undefined) return 'wrapped already'
  return configurable === true || writable === true ? null : 'frozen'
}

/**
 * A Proxy is the truest copy, but overflows where a program recurses some 3,000 deep; a shorthand method does not. So:
 * methods and arrow functions become a shorthand method; async functions, constructors and functions with
 * properties of their own a Proxy. `isPlain`: a method under a symbol, as V8's `await using` calls no Proxy (Node 24).
 */
function wrapFunction(original: AnyFunction, around: Around, isPlain: boolean): AnyFunction {
  const light = ownOf(around, 'light')
  const passes = ownOf(around, 'passes')
  const plan = ownOf(around, 'plan')
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
  const prototype = Object.getOwnPropertyDescriptor(original, 'prototype')
  if (prototype !== undefined) Object.defineProperty(wrapper, 'prototype', prototype)
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
