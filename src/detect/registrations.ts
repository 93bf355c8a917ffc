/** What the inserted code's calls do. Loaded with the first of them. */
import { engineStack } from '../core/budget.ts'
import { recordFault } from '../core/faults.ts'
import { isNoted, literalClass, noteCreation, ownStop, registerClass } from './classes.ts'
import { registerInstance } from './instances.ts'
import { aroundStart, aroundStop, aroundWork, meaning } from './lifecycle.ts'
import { isStartVerb, isStopVerb, verbName } from './verbs.ts'
import { wrapProperty } from './wrap.ts'

const createdDepth = 16

/** An object literal with verbs of both kinds, or a class whose static methods are. */
function registerObject(object: object, name: string, file: string, line: number, endLine: number): void {
  if (ownStop(object) === null || isNoted(object)) return
  noteCreation(object, engineStack(registerObject, createdDepth))
  const cls = literalClass(name === '' ? 'anonymous object' : name, file, line, endLine)
  const recognition = {
    record: () => cls.recognise(object),
    lightClass: () => (cls.isLight ? cls : null),
  }
  for (const key of Reflect.ownKeys(object)) {
    const verb = verbName(key)
    if (verb !== null && isStartVerb(verb))
      wrapProperty(object, key, meaning(object, aroundStart(verb, recognition)))
    else if (verb !== null && isStopVerb(verb))
      wrapProperty(object, key, meaning(object, aroundStop(verb, recognition)))
    else wrapProperty(object, key, aroundWork(recognition))
  }
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

/** By the letter of the inserted call. Each gives back its first argument. */
export const registrations: Readonly<Record<string, (...args: never[]) => unknown>> = {
  c: guarded('registering a class', registerClass),
  p: guarded('registering a constructor', registerClass),
  n: guarded('registering an instance', registerInstance),
  o: guarded('registering an object', registerObject),
}
