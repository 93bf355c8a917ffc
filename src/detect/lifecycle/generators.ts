/**
 * Asynchronous generators among an engine's methods. A call of one runs nothing yet: its work is what runs between the calls of
 * `next`, and the first of these begins it. The generator object is the program's own: its steps are followed on the object that its
 * function gives as prototype to the generators that it makes.
 */

import { isStarted } from '../../core/engines/life.ts'
import { engineOf } from '../../core/engines/objects.ts'
import { applyOwned, contextEngine, currentStart } from '../../core/ownership/context.ts'
import { currentLightWork } from '../../core/ownership/light-work.ts'
import { isPromise, promiseState } from '../../core/promises/promise-state.ts'
import type { Work } from '../../core/records/engine-record.ts'
import { attempt } from '../../core/self/faults.ts'
import { StackHolder, unlimitStacks } from '../../core/stacks/captured-stack.ts'
import { isObject } from './recognition.ts'
import { state } from './state.ts'
import { type AnyFunction, type Around, ownOf, type StackPlan, wantsStack, wrapProperty } from './wrap.ts'

const { inspect, types } = process.getBuiltinModule('node:util')

/** A generator that was made by a call of an engine's method. */
export interface GeneratorRun {
  /** What its latest step gave. */
  latest: Promise<unknown> | null
  /** Makes the first step as the call; `null`: it was made. */
  begin: ((step: AnyFunction, entry: AnyFunction) => unknown) | null
  /** In whose context its steps are made. */
  work: Work | null
  /** What it was called on. */
  readonly self: WeakRef<object>
}

/** A wrapper for a generator function. */
export function wrapGenerator(original: AnyFunction, around: Around): AnyFunction {
  const apply = (target: AnyFunction, self: unknown, args: unknown[]): unknown => {
    // The place of the engine's start is that of the call: a stream or an iterator may make the steps.
    const planned = planOf(around, self, args)
    if (wantsStack(planned)) {
      planned.holder = new StackHolder()
      unlimitStacks()
    }
    const generator = Reflect.apply(target, self, args) as object
    attempt('following a generator', () => follow(generator, around, self, args, planned))
    return generator
  }
  return new Proxy(original, { apply })
}

function planOf(around: Around, self: unknown, args: unknown[]): StackPlan | null {
  if (isRunning(self) || (ownOf(around, 'light')?.classOf(self) ?? null) !== null) return null
  if (ownOf(around, 'passes')?.(self) === true) return null
  return ownOf(around, 'plan')?.(self, args) ?? null
}

function isRunning(self: unknown): boolean {
  const engine = engineOf(self)
  return engine !== undefined && isStarted(engine.state)
}

function follow(
  generator: object,
  around: Around,
  self: unknown,
  args: unknown[],
  planned: StackPlan | null,
): void {
  const light = ownOf(around, 'light')
  const engine = engineOf(self)
  // `yield* super.run()` and `yield* this.run()` are part of the generator that calls them.
  if (!isObject(self) || (engine !== undefined && contextEngine() === engine)) return
  if (!areStepsFollowed(Object.getPrototypeOf(generator))) return
  const begin: GeneratorRun['begin'] = (step, entry) => {
    const cls = light?.classOf(self) ?? null
    if (light !== undefined && cls !== null && light.passes?.(self) !== true)
      return light.call(cls, step, self, args)
    if (isRunning(self)) return (ownOf(around, 'again') ?? around)(step, self, args, entry, null)
    if (cls !== null || ownOf(around, 'passes')?.(self) === true) return step()
    return around(step, self, args, entry, planned ?? ownOf(around, 'plan')?.(self, args) ?? null)
  }
  state.generators.set(generator, { begin, work: null, latest: null, self: new WeakRef(self) })
}

const steps = ['next', 'return', 'throw'] as const

/** Whether the steps of generators with this prototype are followed; not where the program has replaced it by one that has its own. */
function areStepsFollowed(prototype: object | null): boolean {
  // A trap of the program's own is not for us to call.
  if (prototype === null || types.isProxy(prototype)) return false
  const known = state.generatorPrototypes.get(prototype)
  if (known !== undefined) return known
  // The prototype of all generators has these itself.
  const isFree = Object.isExtensible(prototype) && !steps.some((step) => Object.hasOwn(prototype, step))
  if (isFree) for (const step of steps) followStep(prototype, step)
  state.generatorPrototypes.set(prototype, isFree)
  return isFree
}

function followStep(prototype: object, step: (typeof steps)[number]): void {
  const value: unknown = Reflect.get(prototype, step)
  Object.defineProperty(prototype, step, { value, configurable: true, writable: true, enumerable: false })
  wrapProperty(prototype, step, step === 'next' ? aroundNext : aroundStep)
}

const aroundStep: Around = (original, generator, args) => {
  const run = runOf(generator)
  const work = run?.work ?? null
  const result =
    work === null ? Reflect.apply(original, generator, args) : applyOwned(work, original, generator, args)
  if (run !== undefined && isPromise(result)) run.latest = result
  return result
}

const aroundNext: Around = (original, generator, args, entry, plan) => {
  const run = runOf(generator)
  if (run === undefined || run.begin === null) return aroundStep(original, generator, args, entry, plan)
  const { begin } = run
  run.begin = null
  const caller = currentWork()
  const result = begin(() => {
    const own = currentWork()
    // What adds nothing to its caller's context has none of its own: others may make the next steps.
    if (own !== caller) run.work = own
    return Reflect.apply(original, generator, args)
  }, entry)
  if (isPromise(result)) run.latest = result
  attempt('following a generator', () => noteRun(run))
  return result
}

/** As many generators of one engine are kept before those that have ended are looked for. */
const runsKept = 8

/** From now on the engine goes on at least as long as this generator. */
function noteRun(run: GeneratorRun): void {
  const record = engineOf(run.self.deref())
  if (record === undefined) return
  let runs = state.generatorRuns.get(record)
  if (runs === undefined) {
    runs = []
    state.generatorRuns.set(record, runs)
    record.isFinished = () => state.generatorRuns.get(record)?.every(hasEnded) === true
  }
  if (runs.length >= runsKept) runs.splice(0, runs.length, ...runs.filter((each) => !hasEnded(each)))
  runs.push(run)
}

const stepOptions = {
  depth: 1,
  customInspect: false,
  maxStringLength: 0,
  breakLength: Infinity,
  compact: true,
}

/** Whether its latest step was its last. Read as the state of a promise is: nothing of the program's runs. */
function hasEnded({ latest }: GeneratorRun): boolean {
  const state = latest === null ? 'pending' : promiseState(latest)
  if (latest === null || state !== 'fulfilled') return state === 'rejected'
  // Before Node 24 a promise may show the ids that async hooks give it, too.
  return /^Promise \{ \{ value: .*, done: true \}/s.test(inspect(latest, stepOptions))
}

aroundStep.passes = (generator) => runOf(generator) === undefined
aroundNext.passes = aroundStep.passes

function runOf(generator: unknown): GeneratorRun | undefined {
  return isObject(generator) ? state.generators.get(generator) : undefined
}

/** In whose context the running code is. */
function currentWork(): Work | null {
  const light = currentLightWork()
  if (light !== null) return light
  const engine = contextEngine()
  if (engine === null) return null
  return currentStart(engine) > 0 ? engine.startWork : engine.work
}
