/** Handles that a test opens and closes as it likes. */
import { addHandle, type Opened } from '../../../src/core/handles/handle-table.ts'
import { type HandleType, handleType } from '../../../src/core/handles/handle-type.ts'

/** What a handle of the test's says of itself, and how often it was asked. */
export interface Resource {
  state: 'opening' | 'open' | 'closed'
  owner: object | null
  isInternal: boolean
  looks: number
}

export function resource(parts: Partial<Resource> = {}): Resource {
  return { state: 'open', owner: null, isInternal: false, looks: 0, ...parts }
}

/** How often any handle was asked whether it is alive. */
export const looks = { count: 0 }

/** A type whose handles are `Resource`s. */
export function testType(differences: Partial<HandleType> = {}): HandleType {
  return handleType({
    type: 'TEST',
    name: () => 'Test',
    stopCall: () => 'test.close()',
    isAlive: (each) => {
      looks.count += 1
      ;(each as Resource).looks += 1
      return (each as Resource).state === 'open'
    },
    mayOpen: (each) => (each as Resource).state === 'opening',
    isInternal: (each) => (each as Resource).isInternal,
    owner: (each) => (each as Resource).owner,
    isReferenced: () => true,
    ...differences,
  })
}

export function open(each: Resource, parts: Partial<Opened> = {}, kind: HandleType = testType()): Resource {
  addHandle(each, kind, {
    asyncId: 1,
    owner: null,
    start: 0,
    openedAt: 0,
    stack: null,
    part: false,
    ...parts,
  })
  return each
}
