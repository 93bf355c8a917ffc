/** Follows fixtures of files and workers (`test.extend`). vitest makes them in the first test that uses them; they outlive it. */
import type { TestSession } from '../session/session.ts'

interface TestApi {
  extend?(...args: unknown[]): unknown
}

type Fixture = (...args: unknown[]) => unknown

/** From now on what such fixtures start belongs to no test. Fixtures of a worker end after its last file. */
export function watchFixtures(session: TestSession, test: TestApi): void {
  const { extend } = test
  if (typeof extend !== 'function') return
  const extended = function (this: unknown, ...args: unknown[]): unknown {
    const [name, options, fixture] = args
    // Since 4.1: `extend('name', { scope }, fixture)`.
    const given =
      typeof name === 'string' && fixture !== undefined
        ? [name, options, entryOf(session, [fixture, options])[0]]
        : args.map((each) => followed(session, each))
    const made = Reflect.apply(extend, this, given)
    if (typeof made === 'function') watchFixtures(session, made as TestApi)
    return made
  }
  try {
    Object.defineProperty(test, 'extend', { value: extended, configurable: true, writable: true })
  } catch {
    // A later vitest may freeze it: then fixtures belong to the first test that uses them.
  }
}

/** Follows the fixtures of `{ name: [fixture, { scope }] }`. */
function followed(session: TestSession, fixtures: unknown): unknown {
  if (typeof fixtures !== 'object' || fixtures === null) return fixtures
  return Object.fromEntries(
    Object.entries(fixtures).map(([name, entry]) => [
      name,
      Array.isArray(entry) ? entryOf(session, entry) : entry,
    ]),
  )
}

function entryOf(session: TestSession, [fixture, options]: unknown[]): unknown[] {
  const scope = (options as { scope?: unknown } | null | undefined)?.scope
  if (typeof fixture !== 'function' || (scope !== 'file' && scope !== 'worker')) return [fixture, options]
  return [outlivingTests(session, fixture as Fixture, scope), options]
}

function outlivingTests(session: TestSession, fixture: Fixture, scope: 'file' | 'worker'): Fixture {
  const body: Fixture = (...args) =>
    session.run(
      {
        file: session.file ?? '',
        name: null,
        hook: `${scope} fixture`,
        allowed: scope === 'worker' ? 'a fixture of the worker' : null,
      },
      () => fixture(...args),
    )
  // vitest reads from the text which other fixtures it uses.
  return Object.defineProperty(body, 'toString', { value: () => String(fixture) })
}
