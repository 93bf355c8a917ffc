/** What the inserted code's calls do. Loaded with the first of them. */

import { whenStockIsTaken } from '../../core/engines/running-engines.ts'
import type { Constructor } from '../../core/records/engine-record.ts'
import { recordFault } from '../../core/self/faults.ts'
import { engineStack } from '../../core/stacks/budget.ts'
import { familiesAmong } from '../source/verb-families.ts'
import { hasCreation, literalClass, noteCreation, ownStop, registerClass } from './classes.ts'
import { noteHanded } from './handed.ts'
import { inside } from './inside.ts'
import { registerConstructed, registerInstance } from './instances.ts'
import { keysOf, noteTelling, wrapMethods } from './methods.ts'
import { lookAtPartialStops } from './partial-stops.ts'
import { state } from './state.ts'
import { ownVerbNames } from './verbs-of.ts'
import type { AnyFunction } from './wrap.ts'

const createdDepth = 16

whenStockIsTaken(lookAtPartialStops)

/**
 * Registers an object literal with verbs of both kinds, or a class whose static methods are such verbs. `wrapped`, `telling`: keys
 * of the functions that it was given where it stands; what else it has is not its own.
 */
function registerObject(
  object: object,
  name: string,
  file: string,
  line: number,
  endLine: number,
  wrapped: string,
  id?: number,
  telling = '',
): void {
  if (hasCreation(object)) return
  const families = familiesAmong(ownVerbNames(object))
  if (ownStop(object) === null && ![...families.values()].includes('stop')) return
  noteCreation(object, engineStack(registerObject, createdDepth))
  const cls = literalClass(name === '' ? 'anonymous object' : name, file, line, endLine)
  cls.families = families
  if (id !== undefined) {
    state.homes.set(id, { prototype: null, literal: cls })
    noteTelling(object, keysOf(telling))
  }
  const recognition = {
    families,
    record: () => cls.recognise(object),
    lightClass: () => (cls.isLight ? cls : null),
  }
  wrapMethods(object, cls.name, recognition, object, keysOf(wrapped))
}

function guarded<A extends unknown[]>(where: string, register: (...args: A) => void): (...args: A) => A[0] {
  return (...args) => {
    try {
      register(...args)
    } catch (error) {
      recordFault(where, error)
    }
    return args[0]
  }
}

function libraryEngines(): typeof import('./library-engines.ts') {
  return require('./library-engines.js')
}

function libraryFactories(): typeof import('./library-factories.ts') {
  return require('./library-factories.js')
}

/** A library's function, as it is called from now on. */
function followed(make: AnyFunction, name: string, file: string): AnyFunction {
  try {
    return libraryFactories().followFactory(make, name, file)
  } catch (error) {
    recordFault("following a library's function", error)
    return make
  }
}

/** The functions that the inserted calls name by a letter. Each but `f` gives back its first argument. */
export const registrations: Readonly<Record<string, (...args: never[]) => unknown>> = {
  c: guarded('registering a class', registerClass),
  p: guarded('registering a constructor', registerClass),
  n: guarded('registering an instance', registerInstance),
  k: guarded('registering an instance', registerConstructed),
  h: guarded('what a constructor is given', noteHanded),
  o: guarded('registering an object', registerObject),
  t: guarded('registering a lender', (ctor: Constructor, name: string) =>
    (require('./own-leases.js') as typeof import('./own-leases.ts')).registerLender(ctor, name),
  ),
  l: guarded("registering a library's class", (ctor: Constructor, name, file, line, endLine) =>
    libraryEngines().registerLibraryClass(ctor, { name, file, line, endLine }),
  ),
  m: guarded("registering a library's instance", (instance: object) =>
    libraryEngines().registerLibraryInstance(instance),
  ),
  f: followed,
  ...inside,
}
