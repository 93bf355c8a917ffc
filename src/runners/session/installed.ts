/** leakwatch as a test runner's integration installs it: once a thread, whatever asks first. */
import type { Installed } from '../../api/api.ts'
import { keptInstalled } from '../../detect/lifecycle/registry.ts'
import type { TestSession } from './session.ts'

/** Joins the leakwatch that is there, a preloaded one as well. */
export function installed(): Installed {
  const known = keptInstalled() as Installed | undefined
  if (known !== undefined) return known
  const { isOff } =
    require('../../settings/early/is-off.js') as typeof import('../../settings/early/is-off.ts')
  return isOff(process.env)
    ? (require('../../api/off-api.js') as typeof import('../../api/off-api.ts')).offApi
    : (require('../../install.js') as typeof import('../../install.ts')).install(false, true)
}

/** The thread's one test session, begun by the first who asks; `null`: leakwatch is off. */
export function sessionOf({ inside }: Installed): TestSession | null {
  if (inside === null) return null
  if (inside.session === null) {
    const { TestSession } = inside.module('runners/session/session.js') as typeof import('./session.ts')
    inside.session = new TestSession(inside.reporter(), inside.settings)
  }
  return inside.session as TestSession
}
