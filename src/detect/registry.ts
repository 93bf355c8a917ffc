/** What the inserted code calls: `globalThis.__leakwatch__`. */
import { engineStack } from '../core/budget.ts'
import { engineOf } from '../core/engines.ts'
import { recordFault } from '../core/faults.ts'
import { isNoted, makeRecord, noteCreation, ownStop, registerClass, soleClass } from './classes.ts'
import { registerInstance } from './instances.ts'
import { aroundStart, aroundStop, aroundWork, meaning } from './lifecycle.ts'
import { isStartVerb, isStopVerb, verbName } from './verbs.ts'
import { wrapProperty } from './wrap.ts'

const createdDepth = 16

/** An object literal with verbs of both kinds, or a class whose static methods are. */
function registerObject(object: object, name: string, file: string, line: number, endLine: number): void {
  const stop = ownStop(object)
  if (stop === null || isNoted(object)) return
  noteCreation(object, engineStack(registerObject, createdDepth))
  const cls = soleClass(name === '' ? 'anonymous object' : name, file, line, endLine)
  const recognise = () => engineOf(object) ?? makeRecord(object, cls, [cls.source], stop)
  for (const key of Reflect.ownKeys(object)) {
    const verb = verbName(key)
    if (verb !== null && isStartVerb(verb))
      wrapProperty(object, key, meaning(object, aroundStart(verb, recognise)))
    else if (verb !== null && isStopVerb(verb)) wrapProperty(object, key, meaning(object, aroundStop(verb)))
    else wrapProperty(object, key, aroundWork())
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

/** Puts up what the inserted code calls. Returns its undo. */
export function installRegistry(): () => void {
  const value = {
    c: guarded('registering a class', registerClass),
    p: guarded('registering a constructor', registerClass),
    n: guarded('registering an instance', registerInstance),
    o: guarded('registering an object', registerObject),
  }
  Object.defineProperty(globalThis, '__leakwatch__', {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  return () => {
    Reflect.deleteProperty(globalThis, '__leakwatch__')
  }
}
