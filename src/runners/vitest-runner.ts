/** vitest's runner, told apart into tests and hooks: each runs in a context of its own, and is judged when its file has ended. */
import type { VitestWorker } from '../report/runner-code.ts'
import { errorOf } from './error-of-leaks.ts'
import type { Body, LeakOfTest, TestScope, TestSession } from './session.ts'

/** What is used of vitest (3 to 5). */
export interface RunnerModule {
  TestRunner?: {
    prototype: Runner
    getSuiteHooks?(suite: Suite): Record<string, Hook[]>
  }
}

type Hook = Body

interface Runner {
  onBeforeRunSuite?(suite: Suite): unknown
  onAfterRunSuite?(suite: Suite): unknown
  onAfterRunTask?(test: Test): unknown
  onCollectStart?(file: Suite): unknown
  onBeforeTryTask?(test: Test): unknown
  /** To the main process: results by task, and what has happened to which. */
  onTaskUpdate?(results: [id: string, result: object | undefined, meta: object][], events: []): unknown
}

interface Task {
  id: string
  name: string
  type: string
  file: { filepath: string }
  suite?: Suite
  meta: object
  result?: Outcome & { attempts?: Outcome[] }
}

interface Outcome {
  state: string
  errors?: object[]
}

type Test = Task
interface Suite extends Task {
  filepath?: string
}

/** What vitest keeps of the worker that runs the tests. */
export interface Worker extends VitestWorker {
  /** vitest 3 gives it all of its files at once. */
  ctx?: { files?: { filepath: string }[] }
  filepath?: string
  config?: { isolate?: boolean; root?: string }
  onCleanup?(callback: () => unknown): void
}

const watched = Symbol.for('leakwatch/vitest')

/** Puts itself around the runner's own methods; once. */
export function watchRunner(session: TestSession, { TestRunner }: RunnerModule, worker: Worker): void {
  if (TestRunner === undefined || watched in TestRunner.prototype) return
  const { prototype, getSuiteHooks } = TestRunner
  Object.defineProperty(prototype, watched, { value: true })
  const run = new Run(session, worker)
  around(prototype, 'onBeforeRunSuite', async (original, suite: Suite, runner) => {
    run.join(runner)
    await original(suite)
    for (const [name, hooks] of Object.entries(getSuiteHooks?.(suite) ?? {}))
      followHooks(session, suite, name, hooks)
  })
  // From here on vitest goes on to the test's hooks, and to the test: no frame of leakwatch's stands on its stacks.
  around(prototype, 'onBeforeTryTask', (original, test: Test) => {
    session.enter(run.scopeOf(test))
    return original(test)
  })
  around(prototype, 'onAfterRunSuite', async (original, suite: Suite, runner) => {
    const leaks = suite.filepath === undefined ? [] : await run.judgeFile(suite.filepath)
    fail(suite, leaks)
    // vitest 3 has sent the result before.
    if (leaks.length > 0) await runner.onTaskUpdate?.([[suite.id, suite.result, suite.meta]], [])
    return original(suite)
  })
}

/** One worker's part of the run. */
class Run {
  readonly #session: TestSession
  readonly #tests = new WeakMap<Test, TestScope>()
  readonly #worker: Worker
  /** The worker goes on to other files, with the modules that this one has loaded. */
  readonly #isShared: boolean

  constructor(session: TestSession, worker: Worker) {
    this.#session = session
    this.#worker = worker
    this.#isShared = worker.config?.isolate === false
    // It is read already: the setup file comes with it.
    if (this.#worker.filepath !== undefined) session.beginFile(this.#worker.filepath)
    // vitest 3 would wait for ever for one that fails.
    if (this.#isShared && this.#worker.moduleCache === undefined)
      this.#worker.onCleanup?.(() => this.#judgeRun())
  }

  /** vitest has put wrappers of its own on the runner when it made it, which call what was there then. */
  join(runner: Runner): void {
    if (Object.hasOwn(runner, watched)) return
    Object.defineProperty(runner, watched, { value: true })
    around(runner, 'onCollectStart', (original, file: Suite) => {
      this.#session.beginFile(file.file.filepath)
      return original(file)
    })
    around(runner, 'onAfterRunTask', async (original, test: Test) => {
      if (this.#session.mode === 'per-test') fail(test, await this.judgeTest(test))
      return original(test)
    })
  }

  /** The same in each of its tries. */
  scopeOf(test: Test): TestScope {
    let known = this.#tests.get(test)
    if (known === undefined) {
      known = scope(test, null)
      this.#tests.set(test, known)
    }
    return known
  }

  judgeTest(test: Test): Promise<LeakOfTest[]> {
    const { file, name } = this.scopeOf(test)
    // Hooks around each test have its name, those of suites end with their suites.
    return this.#session.judge(
      (from) =>
        from?.file === file && from.name === name && !/^(?:before|after|around)All$/.test(from.hook ?? ''),
    )
  }

  async judgeFile(file: string): Promise<LeakOfTest[]> {
    if (!this.#isShared || this.#isLast(file)) return this.#session.judge(() => true)
    if (this.#session.mode === 'per-run') return []
    // What a module that others share has started while it was loaded may serve them too.
    return this.#session.judge(
      (from, place) =>
        from?.file === file && (from.name !== null || from.hook !== null || place === from.file),
    )
  }

  #isLast(file: string): boolean {
    const { moduleCache, ctx } = this.#worker
    return moduleCache !== undefined && ctx?.files?.at(-1)?.filepath === file
  }

  /** No file is there any more to be told of it: vitest takes it for an error of the worker's teardown. */
  async #judgeRun(): Promise<void> {
    const leaks = await this.#session.judge(() => true)
    const [first] = leaks
    if (first === undefined) return
    const { message, stack } = first
    const error = errorOf(...leaks)
    // vitest shows where one stack begins.
    throw Object.assign(error, { stack: stack.replace(message, () => error.message) })
  }
}

/** Replaces a method by one that is given it. */
function around<Task>(
  runner: Runner,
  name: keyof Runner,
  wrapper: (original: (task: Task) => unknown, task: Task, runner: Runner) => unknown,
): void {
  const method = runner[name] as ((...args: unknown[]) => unknown) | undefined
  Object.defineProperty(runner, name, {
    value(this: Runner, ...args: unknown[]) {
      return wrapper((...given) => method?.apply(this, [...given, ...args.slice(1)]), args[0] as Task, this)
    },
    configurable: true,
    writable: true,
    enumerable: false,
  })
}

/** A hook is bound to its suite, or to the test that it runs for, when vitest takes it. */
function followHooks(session: TestSession, suite: Suite, name: string, hooks: Hook[]): void {
  const isAroundTests = name === 'aroundEach'
  for (const [index, hook] of hooks.entries()) {
    if (isAroundTests) {
      hooks[index] = ofItsTest(session, name, hook)
      continue
    }
    const own = scope(suite, name)
    const get = (): Hook => {
      const test = name.endsWith('Each') ? session.scope : null
      return session.bind(test === null ? own : { ...test, hook: name, allowed: null }, hook)
    }
    Object.defineProperty(hooks, index, { get, configurable: true, enumerable: true })
  }
}

/** It is called before vitest begins with the test. */
function ofItsTest(session: TestSession, name: string, hook: Hook): Hook {
  const followed: Hook = (...args) => {
    const all: readonly ({ task?: Test } | null)[] = args
    const task = all.find((each) => each?.task !== undefined)?.task
    return task === undefined ? hook(...args) : session.run(scope(task, name), () => hook(...args))
  }
  return Object.defineProperties(followed, Object.getOwnPropertyDescriptors(hook))
}

function scope(task: Task, hook: string | null): TestScope {
  return { file: task.file.filepath, name: fullName(task), hook, allowed: null }
}

/** With the suites around it; `null`: the file itself. */
function fullName(task: Task): string | null {
  const names: string[] = []
  for (let each: Task | undefined = task; each !== undefined && !('filepath' in each); each = each.suite)
    names.unshift(each.name)
  return names.length === 0 ? null : names.join(' > ')
}

/** The leaks stand beside what else the test or file failed by. */
function fail(task: Task, leaks: readonly LeakOfTest[]): void {
  if (leaks.length === 0) return
  task.result ??= { state: 'fail' }
  // Since vitest 5 what is shown is the last of the tries of a test.
  const last = task.result.attempts?.at(-1)
  for (const outcome of last === undefined ? [task.result] : [task.result, last]) {
    outcome.state = 'fail'
    outcome.errors = [...(outcome.errors ?? []), ...leaks.map(sent)]
  }
}

/** As vitest sends errors from its workers. */
function sent({ message, stack }: LeakOfTest): object {
  return { name: 'LeakError', message, stack, stackStr: stack }
}
