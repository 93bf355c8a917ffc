/**
 * File handles that belong to no engine are leases, of nobody; an engine's are the engine's. Loaded with the first that the program opens. They
 * are held weakly, as Node closes what is collected.
 */
import { noteClosing } from '../../core/handles/handle-type.ts'
import { fileHandle } from '../../core/handles/handle-types.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { attempt } from '../../core/self/faults.ts'
import { Lending } from '../lifecycle/lending.ts'
import { makeStamp } from '../lifecycle/stamps.ts'
import { wrapProperty } from '../lifecycle/wrap.ts'
import type { Opening } from './file-handle.ts'

type Give = (handle: object, opening: Opening, to: EngineRecord) => void

const openings = makeStamp<{ readonly opening: Opening; readonly give: Give }>()
let isClosingSeen = false

const files = new Lending({
  ...{ name: 'fs.FileHandle', origin: 'core', package: null, start: 'open', stop: 'close', depth: 1 },
  traits: {
    packages: [],
    stopCall: 'await fileHandle.close()',
    forcedCall: null,
    isUnanswered: () => false,
    lingersMs: 0,
    // Its handle was opened by the program's own code.
    keeps: true,
    endsWithParent: false,
    detail: () => ({}),
  },
  isOut: (handle) => fileHandle.isAlive(handle),
  kept: (record, handle) => {
    const opened = openings.get(handle)
    opened?.give(handle, opened.opening, record)
  },
})

/** Node's handle, behind the object that the program gets. `give` makes it an engine's. */
export function lendFile(handle: object, opening: Opening, give: Give): void {
  seeCloses(handle)
  if (opening.owner !== null) return
  openings.set(handle, { opening, give })
  const stack = files.plan() === null ? null : opening.stack
  // The handle's own record lets go of it once the handle has closed.
  stack?.keep()
  const loan = files.askAt(null, stack)
  // No context says which when the handle is announced.
  loan.test = opening.test
  files.lend(loan, handle)
}

function seeCloses(handle: object): void {
  if (isClosingSeen) return
  isClosingSeen = true
  wrapProperty(Object.getPrototypeOf(handle), 'close', (original, self, args) => {
    if (typeof self === 'object' && self !== null) {
      noteClosing(self)
      attempt('a file handle', () => files.giveBack(self))
    }
    return Reflect.apply(original, self, args)
  })
}
