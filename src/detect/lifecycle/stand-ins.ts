/** What a program has put in the place of a method: the function of a decorator, which calls that method. */
import { writtenAs } from '../../core/self/written-text.ts'
import { isOnStack } from '../../core/stacks/on-stack.ts'
import { state } from './state.ts'

const { types } = process.getBuiltinModule('node:util')

/** What has called the method of this name, which has just been called: the caller of that is meant. `null`: no such function has. */
export function standInOf(self: object, method: string): (() => unknown) | null {
  for (let each: object | null = self; each !== null && !types.isProxy(each); ) {
    const descriptor = Object.getOwnPropertyDescriptor(each, method)
    if (descriptor !== undefined) {
      const value: unknown = descriptor.value
      return isForeign(value) && isOnStack(value) ? value : null
    }
    each = Object.getPrototypeOf(each)
  }
  return null
}

/** It neither tells of its calls itself, nor is it leakwatch's. */
function isForeign(value: unknown): value is () => unknown {
  return typeof value === 'function' && !state.telling.has(value) && writtenAs(value) === undefined
}
