/** In the context that Jest makes for a test file: finds the tests, and leakwatch in the context that all files share. */
import type { Api } from '../api.ts'
import { type CircusState, watchCircus } from './jest-circus.ts'

type Main = typeof import('./jest-main.mts')

/** What jest-circus keeps its state under is in none of its exports. */
const stateName = 'JEST_STATE_SYMBOL'
const watched = Symbol.for('leakwatch/jest')

/** Called again with the same file, as `jest.resetModules` has it, it changes nothing. `null`: Jest's runner is not there. */
export function beginWatching(): Api | null {
  const state = circusState()
  if (state === null) return null
  const { join, ownFault } = mainModule(state.parentProcess)
  const api = join(globalThis, state.parentProcess)
  const session = api.forRunner()
  if (session === null || watched in state) return api
  Object.defineProperty(state, watched, { value: true })
  const file = testFile()
  session.enterFile(file)
  watchCircus(state, session, file, ownFault)
  return api
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
 * Handles are one thread's: Node's own loader has leakwatch once, whatever the contexts. `process` is a copy in here, and
 * since 30.5 what its `getBuiltinModule` gives is Jest's.
 */
function mainModule(realProcess: NodeJS.Process): Main {
  const { emitWarning } = realProcess
  try {
    // Node 20 calls it experimental that an ES module is required, on stderr; the program has not asked for it.
    realProcess.emitWarning = () => {}
    return realProcess.getBuiltinModule('node:module').createRequire(__filename)('./jest-main.mjs') as Main
  } finally {
    realProcess.emitWarning = emitWarning
  }
}
