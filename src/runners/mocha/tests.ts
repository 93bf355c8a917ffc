/** Follows mocha's tests and hooks. Each runs in a context of its own, by which leakwatch knows which test has started something. */

import type { TestScope, TestSession } from '../session/session.ts'
import { whenCalled } from '../session/when-called.ts'
import { around, type MochaClass, type MochaRunnable, type MochaSuite } from './classes.ts'

/** The file of hooks that come from `--require`, and are in no test file. */
export const rootHooks = 'mocha'

export class MochaTests {
  readonly #scopes = new WeakMap<object, TestScope>()
  readonly #hookFiles = new WeakMap<MochaRunnable, string>()
  /** Scopes of hooks that run around the tests of all files. */
  readonly #ofRootHooks = new WeakSet<TestScope>()
  readonly #filesWithRootAfterHook = new Set<string>()
  #loadingFile: string | null = null

  constructor(session: TestSession, { Runnable, Runner, Suite }: MochaClass) {
    around(Suite.prototype, 'emit', (original, _suite, event, ...args) => {
      const isLoaded = event === 'post-require'
      if (event === 'pre-require' || isLoaded) {
        this.#loadingFile = isLoaded ? null : (args[1] as string)
        session.beginFile(this.#loadingFile)
      }
      return original(event, ...args)
    })
    around(Suite.prototype, '_createHook', (original, suite, title, body) => {
      const hook = original(title, body)
      if (this.#loadingFile !== null) {
        this.#hookFiles.set(hook, this.#loadingFile)
        if (suite.root && title.startsWith('"after all"')) this.#filesWithRootAfterHook.add(this.#loadingFile)
      }
      return hook
    })
    whenCalled(Runnable.prototype, 'run', (runnable) => session.enter(this.scopeOf(runnable)))
    // After a test or hook the runner goes on with others.
    whenCalled(Runner.prototype, 'hookUp', () => session.enter(null))
    whenCalled(Runner.prototype, 'hook', () => session.enter(null))
  }

  /** A test has the same scope in each of its tries. */
  scopeOf(runnable: MochaRunnable): TestScope {
    if (runnable.type === 'hook') return this.#scopeOfHook(runnable)
    const first = runnable.retriedTest?.() ?? runnable
    return this.#scopeFor(first, () => scope(first.file ?? rootHooks, first.titlePath(), null))
  }

  /** Whether the file has an `after` at its top level, which mocha runs once all files have ended. */
  hasRootAfterHook(file: string): boolean {
    return this.#filesWithRootAfterHook.has(file)
  }

  /** Whether it is a hook around the tests of all files, whose counterpart may stop what it started. */
  isOfRootHook(from: TestScope): boolean {
    return this.#ofRootHooks.has(from)
  }

  #scopeOfHook(hook: MochaRunnable): TestScope {
    const [, when = 'before', each = 'all'] = /^"(\w+) (\w+)"/.exec(hook.originalTitle ?? hook.title) ?? []
    const name = each === 'each' ? `${when}Each` : when
    const { parent, ctx } = hook
    const test = each === 'each' ? ctx?.currentTest : undefined
    const file = test?.file ?? this.#hookFiles.get(hook) ?? fileOf(parent) ?? rootHooks
    // It runs for another test each time.
    if (test !== undefined) {
      const own = scope(file, test.titlePath(), name)
      if (parent?.root === true) this.#ofRootHooks.add(own)
      return own
    }
    return this.#scopeFor(hook, () => scope(file, parent?.titlePath() ?? [], name))
  }

  #scopeFor(key: object, make: () => TestScope): TestScope {
    let known = this.#scopes.get(key)
    if (known === undefined) {
      known = make()
      this.#scopes.set(key, known)
    }
    return known
  }
}

function fileOf(suite: MochaSuite | undefined): string | undefined {
  return suite?.file ?? (suite?.parent === undefined ? undefined : fileOf(suite.parent))
}

/** The name has the suites around it; `null`: the whole file. */
function scope(file: string, titles: string[], hook: string | null): TestScope {
  return { file, name: titles.length === 0 ? null : titles.join(' > '), hook, allowed: null }
}
