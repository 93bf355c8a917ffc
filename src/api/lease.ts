/** What the program says was taken from something, to be given back: `lease`. */

import { engineOf } from '../core/engines/objects.ts'
import { engineStack } from '../core/stacks/budget.ts'
import { Lending } from '../detect/lifecycle/lending.ts'
import { noteUnseen } from '../detect/lifecycle/methods.ts'
import { stopSymbols, stopVerbs } from '../detect/source/verbs.ts'
import { errors, expectKeys, expectName, kindOf, misuse } from './misuse.ts'

const stackDepth = 16

export interface LeaseOptions {
  name?: string
  /** The method that gives it back. By default `release`, `unlock` or `free`, or the first stop verb that it has. */
  giveBack?: string
}

/** By their names and the methods that give them back. */
const lendings = new Map<string, Lending>()
const lendingsLimit = 1000

/**
 * Says that `taken` was taken from `from`: a call of the method that gives it back, or its disposal, ends that. Gives `taken` back.
 * @throws TypeError where it has no such method.
 */
export function lease<T extends object>(from: object, taken: T, options: LeaseOptions = {}): T {
  for (const each of [from, taken])
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null)
      throw misuse(errors().LEAKWATCH_LEASE_TARGET(kindOf(each)))
  expectKeys(options, ['name', 'giveBack'])
  if (options.name !== undefined) expectName(options.name)
  const name = options.name ?? nameOf(taken) ?? `${nameOf(from) ?? 'engine'}.lease`
  const verb = options.giveBack ?? verbsOfReturn.find((each) => isMethod(taken, each)) ?? null
  const symbols = stopSymbols.filter((each) => isMethod(taken, each))
  if ((verb === null && symbols.length === 0) || (verb !== null && !isMethod(taken, verb)))
    throw misuse(errors().LEAKWATCH_LEASE_VERB(name, verb ?? 'release'))
  const lending = lendingOf(name, verb ?? 'dispose')
  const unseen = [...(verb === null ? [] : [verb]), ...symbols].find((each) => !lending.endByOwn(taken, each))
  if (unseen === undefined) {
    const stack = engineStack(lease, stackDepth)
    lending.lend(lending.askAt(engineOf(from) ?? null, stack), taken)
  } else noteUnseen(name, String(unseen), 'frozen')
  return taken
}

const verbsOfReturn: readonly string[] = ['release', 'unlock', 'free', ...stopVerbs]

function lendingOf(name: string, stop: string): Lending {
  const key = `${name} ${stop}`
  const known = lendings.get(key)
  if (known !== undefined) return known
  const lending = new Lending({
    ...{ name, origin: 'explicit', package: null, traits: null, start: 'lease', stop, depth: stackDepth },
  })
  if (lendings.size < lendingsLimit) lendings.set(key, lending)
  return lending
}

function isMethod(target: object, verb: string | symbol): boolean {
  return typeof (target as Record<string | symbol, unknown>)[verb] === 'function'
}

function nameOf(target: object): string | null {
  const name: unknown = target.constructor?.name
  return typeof name === 'string' && !['', 'Object', 'Function', 'Array'].includes(name) ? name : null
}
