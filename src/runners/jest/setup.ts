/** Runs in the context that Jest makes for a test file. Finds the tests, and leakwatch in the context that all files share. */
import type { Installed } from '../../api/api.ts'
import type { TestSession } from '../session/session.ts'
import { type CircusState, watchCircus } from './circus.ts'

type Main = typeof import('./main-process.mts')

/** The symbol under which jest-circus keeps its state. It is not exported. */
const stateName = 'JEST_STATE_SYMBOL'
const watched = Symbol.for('leakwatch/jest')

/** A second call for the same file changes nothing: `jest.resetModules` leads to one. `null`: Jest's runner is not there. */
export function beginWatching(): Installed | null {
  const state = circusState()
  if (state === null) return null
  const { shareWith, recordOwnFault } = mainModule(state.parentProcess)
  const api = shareWith(globalThis, state.parentProcess)
  const session = sessionIn(api)
  if (session === null || watched in state) return api
  Object.defineProperty(state, watched, { value: true })
  const file = testFile()
  session.enterFile(file)
  watchCircus(state, session, file, recordOwnFault)
  return api
}

/** Begun in the context that all files share. This one's `require` would load what begins it anew. */
function sessionIn({ inside }: Installed): TestSession | null {
  return (inside?.session ?? null) as TestSession | null
}

function circusState(): (CircusState & { parentProcess: NodeJS.Process }) | null {
  const key = Object.getOwnPropertySymbols(globalThis).find(({ description }) => description === stateName)
  return key === undefined
    ? null
    : ((globalThis as Record<symbol, ReturnType<typeof circusState>>)[key] ?? null)
}

function testFile(): string {
  const { expect } = require('@jest/globals') as { expect: { getState(): { testPath: string } } }
  return expect.getState().testPath
}

/**
 * All contexts of a thread share its handles, so Node's own loader loads leakwatch once for all of them. `process` is a copy in here.
 * Since 30.5 its `getBuiltinModule` gives Jest's modules.
 */
function mainModule(realProcess: NodeJS.Process): Main {
  const { emitWarning } = realProcess
  try {
    // Node 20 warns on stderr when an ES module is required. The program did not do that.
    realProcess.emitWarning = () => {}
    return realProcess.getBuiltinModule('node:module').createRequire(__filename)('./main-process.mjs') as Main
  } finally {
    realProcess.emitWarning = emitWarning
  }
}
