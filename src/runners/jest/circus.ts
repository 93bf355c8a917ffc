/** Follows the tests and hooks of jest-circus (29 and 30). Each runs in a context of its own, and is judged when its file has ended. */

import type { Body, TestScope, TestSession } from '../session/session.ts'
import { testLeakError } from '../session/test-leak-error.ts'

export interface CircusState {
  hasStarted: boolean
  rootDescribeBlock: Block
  currentlyRunningTest: Test | null
  unhandledErrors: unknown[]
}

interface Block {
  type: 'describeBlock'
  name: string
  parent?: Block
  children: (Block | Test)[]
  hooks: Hook[]
}

interface Test {
  type: 'test'
  name: string
  parent: Block
  fn?: Body
  concurrent: boolean
  errors: unknown[]
}

interface Hook {
  type: string
  fn: Body
  parent: Block
  asyncError: Error
  seenDone: boolean
  timeout: number
}

/** The longest time of a timer. `LEAKWATCH_GRACE_MS` limits a judgement instead. */
const noLimitMs = 2 ** 31 - 1

/** Begins when all tests of the file are defined. `fail` gets leakwatch's own errors. */
export function watchCircus(
  state: CircusState,
  session: TestSession,
  file: string,
  fail: (error: unknown) => void,
): void {
  const run = new FileRun(state, session, file)
  whenSet(state, () => {
    try {
      run.begin()
    } catch (error) {
      fail(error)
    }
  })
}

/** Only environments get Jest's events. Others see just this property change when the tests start. */
function whenSet(state: CircusState, begin: () => void): void {
  const value = state.hasStarted
  const restore = (hasStarted: boolean): void => {
    Object.defineProperty(state, 'hasStarted', {
      value: hasStarted,
      configurable: true,
      writable: true,
      enumerable: true,
    })
  }
  Object.defineProperty(state, 'hasStarted', {
    get: () => value,
    set: (hasStarted: boolean) => {
      restore(hasStarted)
      if (hasStarted) begin()
    },
    configurable: true,
    enumerable: true,
  })
}

class FileRun {
  readonly #state: CircusState
  readonly #session: TestSession
  readonly #file: string
  /** What one try of a test has leaked counts in the next, before which Jest drops all errors. */
  readonly #leaks = new WeakMap<Test, Error[]>()

  constructor(state: CircusState, session: TestSession, file: string) {
    this.#state = state
    this.#session = session
    this.#file = file
  }

  /** All hooks of the file are defined: a hook that is added now comes last. */
  begin(): void {
    const { rootDescribeBlock: root } = this.#state
    this.#follow(root)
    if (this.#session.mode === 'per-test')
      root.hooks.push(hook(root, 'afterEach', () => this.#judgeTest(this.#state.currentlyRunningTest)))
    root.hooks.push(hook(root, 'afterAll', () => this.#judgeFile()))
  }

  #follow(block: Block): void {
    for (const each of block.hooks) {
      const { type } = each
      let { fn } = each
      // Jest reads it each time before it runs the hook.
      const get = (): Body => {
        const task = /All$/.test(type) ? block : (this.#state.currentlyRunningTest ?? block)
        return this.#followed(fn, this.#scope(task, type))
      }
      // Others may wrap it.
      const set = (next: Body): void => {
        fn = next
      }
      Object.defineProperty(each, 'fn', { get, set, configurable: true, enumerable: true })
    }
    for (const child of block.children) {
      if (child.type === 'describeBlock') this.#follow(child)
      else if (child.fn !== undefined) {
        const fn = this.#followed(child.fn, this.#scope(child, null))
        const isJudged = child.concurrent && this.#session.mode === 'per-test'
        child.fn = isJudged ? () => this.#runAndJudge(child, fn) : fn
      }
    }
  }

  /** A generator stays as it is: Jest calls it step by step. */
  #followed(fn: Body, scope: TestScope): Body {
    return Object.prototype.toString.call(fn) === '[object GeneratorFunction]'
      ? fn
      : this.#session.bind(scope, fn)
  }

  #scope(task: Block | Test, hook: string | null): TestScope {
    return { file: this.#file, name: fullName(task), hook, allowed: null }
  }

  /** Adds the leaks to the test's other errors. */
  async #judgeTest(test: Test | null): Promise<void> {
    if (test === null) return
    const leaks = this.#leaks.get(test) ?? []
    leaks.push(...(await this.#leaksOf(test)))
    this.#leaks.set(test, leaks)
    test.errors.push(...leaks)
  }

  /** For concurrent tests, which have no `afterEach`. If the test fails, its leaks are reported with the file's. */
  async #runAndJudge(test: Test, fn: Body): Promise<void> {
    await fn.call({})
    const [first, ...others] = await this.#leaksOf(test)
    this.#state.unhandledErrors.push(...others)
    if (first !== undefined) throw first
  }

  async #leaksOf(test: Test): Promise<Error[]> {
    const name = fullName(test)
    // Hooks around each test have its name. Hooks of a suite end with their suite.
    const leaks = await this.#session.judge(
      (from) => from?.file === this.#file && from.name === name && !/All$/.test(from.hook ?? ''),
    )
    return leaks.map((leak) => testLeakError(leak))
  }

  /** Does not count what an earlier file of this process left behind, or global setup. */
  async #judgeFile(): Promise<void> {
    const leaks = await this.#session.judge((from) => from?.file === this.#file)
    this.#state.unhandledErrors.push(...leaks.map((leak) => testLeakError(leak)))
  }
}

function hook(parent: Block, type: string, fn: () => Promise<void>): Hook {
  return { type, fn, parent, asyncError: new Error(), seenDone: false, timeout: noLimitMs }
}

/** The name with those of the suites around it; `null`: the file itself. */
function fullName(task: Block | Test): string | null {
  const names: string[] = []
  for (let each: Block | Test = task; each.parent !== undefined; each = each.parent) names.unshift(each.name)
  return names.length === 0 ? null : names.join(' > ')
}
