/** mocha's tests and hooks: each runs in a context of its own, which tells whose what it starts is. */
import { around, type MochaClass, type MochaRunnable, type MochaSuite } from './mocha-classes.ts'
import type { TestScope, TestSession } from './session.ts'
import { whenCalled } from './when-called.ts'

/** What the hooks of a `--require` belong to: no test file has them. */
export const rootHooks = 'mocha'

export class MochaTests {
  readonly #scopes = new WeakMap<object, TestScope>()
  readonly #hookFiles = new WeakMap<MochaRunnable, string>()
  /** Of hooks that are around the tests of all files. */
  readonly #ofRootHooks = new WeakSet<TestScope>()
  readonly #closing = new Set<string>()
  #loading: string | null = null

  constructor(session: TestSession, { Runnable, Runner, Suite }: MochaClass) {
    around(Suite.prototype, 'emit', (original, _suite, event, ...args) => {
      const isLoaded = event === 'post-require'
      if (event === 'pre-require' || isLoaded) {
        this.#loading = isLoaded ? null : (args[1] as string)
        session.beginFile(this.#loading)
      }
      return original(event, ...args)
    })
    around(Suite.prototype, '_createHook', (original, suite, title, body) => {
      const hook = original(title, body)
      if (this.#loading !== null) {
        this.#hookFiles.set(hook, this.#loading)
        if (suite.root && title.startsWith('"after all"')) this.#closing.add(this.#loading)
      }
      return hook
    })
    whenCalled(Runnable.prototype, 'run', (runnable) => session.enter(this.scopeOf(runnable)))
    // The runner goes on from a test or hook, to what belongs to others.
    whenCalled(Runner.prototype, 'hookUp', () => session.enter(null))
    whenCalled(Runner.prototype, 'hook', () => session.enter(null))
  }

  /** A test has the same in each of its tries. */
  scopeOf(runnable: MochaRunnable): TestScope {
    if (runnable.type === 'hook') return this.#scopeOfHook(runnable)
    const first = runnable.retriedTest?.() ?? runnable
    return this.#known(first, () => scope(first.file ?? rootHooks, first.titlePath(), null))
  }

  /** Has hooks at its top level that mocha runs once all files have ended. */
  closesLate(file: string): boolean {
    return this.#closing.has(file)
  }

  /** Its start may be undone by a hook that is around the tests of all files. */
  isOfRootHook(from: TestScope): boolean {
    return this.#ofRootHooks.has(from)
  }

  #scopeOfHook(hook: MochaRunnable): TestScope {
    const [, when = 'before', each = 'all'] = /^"(\w+) (\w+)"/.exec(hook.originalTitle ?? hook.title) ?? []
    const name = each === 'each' ? `${when}Each` : when
    const { parent, ctx } = hook
    const test = each === 'each' ? ctx?.currentTest : undefined
    const file = test?.file ?? this.#hookFiles.get(hook) ?? fileOf(parent) ?? rootHooks
    // Each time it runs for another test.
    if (test !== undefined) {
      const own = scope(file, test.titlePath(), name)
      if (parent?.root === true) this.#ofRootHooks.add(own)
      return own
    }
    return this.#known(hook, () => scope(file, parent?.titlePath() ?? [], name))
  }

  #known(key: object, make: () => TestScope): TestScope {
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

/** With the suites around it; `null`: the whole file. */
function scope(file: string, titles: string[], hook: string | null): TestScope {
  return { file, name: titles.length === 0 ? null : titles.join(' > '), hook, allowed: null }
}
