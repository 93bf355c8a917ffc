/** Follows the tests and hooks of vitest's runner. Each runs in a context of its own, and is judged when its file has ended. */
import type { VitestWorker } from '../../report/sources/runner-code.ts'
import type { Body, TestLeak, TestScope, TestSession } from '../session/session.ts'
import { testLeakError } from '../session/test-leak-error.ts'

/** The parts of vitest (3 to 5) that leakwatch uses. */
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
  /** Sends results and events of tasks to the main process. */
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

/** vitest's state of the worker that runs the tests. */
export interface Worker extends VitestWorker {
  /** In vitest 3: all files of the worker. */
  ctx?: { files?: { filepath: string }[] }
  filepath?: string
  config?: { isolate?: boolean; root?: string }
  onCleanup?(callback: () => unknown): void
}

const watched = Symbol.for('leakwatch/vitest')

/** Wraps the runner's own methods. A second call changes nothing. */
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
  // vitest goes on from here to the test's hooks and the test, with no frame of leakwatch on the stack.
  around(prototype, 'onBeforeTryTask', (original, test: Test) => {
    session.enter(run.scopeOf(test))
    return original(test)
  })
  around(prototype, 'onAfterRunSuite', async (original, suite: Suite, runner) => {
    const leaks = suite.filepath === undefined ? [] : await run.judgeFile(suite.filepath)
    addLeaks(suite, leaks)
    // vitest 3 has sent the result already.
    if (leaks.length > 0) await runner.onTaskUpdate?.([[suite.id, suite.result, suite.meta]], [])
    return original(suite)
  })
}

/** The part of the run that one worker has. */
class Run {
  readonly #session: TestSession
  readonly #tests = new WeakMap<Test, TestScope>()
  readonly #worker: Worker
  /** The worker runs several files, which share their modules. */
  readonly #isShared: boolean

  constructor(session: TestSession, worker: Worker) {
    this.#session = session
    this.#worker = worker
    this.#isShared = worker.config?.isolate === false
    // vitest has begun to load the file already, with its setup file.
    if (this.#worker.filepath !== undefined) session.beginFile(this.#worker.filepath)
    // In vitest 3 a failing callback would never end.
    if (this.#isShared && this.#worker.moduleCache === undefined)
      this.#worker.onCleanup?.(() => this.#judgeRun())
  }

  /** Wraps the methods of one runner. vitest puts wrappers of its own on it, which call the methods that were there before. */
  join(runner: Runner): void {
    if (Object.hasOwn(runner, watched)) return
    Object.defineProperty(runner, watched, { value: true })
    around(runner, 'onCollectStart', (original, file: Suite) => {
      this.#session.beginFile(file.file.filepath)
      return original(file)
    })
    around(runner, 'onAfterRunTask', async (original, test: Test) => {
      if (this.#session.mode === 'per-test') addLeaks(test, await this.judgeTest(test))
      return original(test)
    })
  }

  /** A test has the same scope in each of its tries. */
  scopeOf(test: Test): TestScope {
    let known = this.#tests.get(test)
    if (known === undefined) {
      known = scope(test, null)
      this.#tests.set(test, known)
    }
    return known
  }

  judgeTest(test: Test): Promise<TestLeak[]> {
    const { file, name } = this.scopeOf(test)
    // Hooks around each test have its name. Hooks of a suite end with their suite.
    return this.#session.judge(
      (from) =>
        from?.file === file && from.name === name && !/^(?:before|after|around)All$/.test(from.hook ?? ''),
    )
  }

  async judgeFile(file: string): Promise<TestLeak[]> {
    if (!this.#isShared || this.#isLast(file)) return this.#session.judge(() => true)
    if (this.#session.mode === 'per-run') return []
    // Not what a shared module has started while it was loaded: other files may use it.
    return this.#session.judge(
      (from, place) =>
        from?.file === file && (from.name !== null || from.hook !== null || place === from.file),
    )
  }

  #isLast(file: string): boolean {
    const { moduleCache, ctx } = this.#worker
    return moduleCache !== undefined && ctx?.files?.at(-1)?.filepath === file
  }

  /** Throws what the whole run has leaked: no file could fail any more. vitest takes it for an error of the worker's teardown. */
  async #judgeRun(): Promise<void> {
    const leaks = await this.#session.judge(() => true)
    const [first] = leaks
    if (first === undefined) return
    const { message, stack } = first
    const error = testLeakError(...leaks)
    // vitest shows the beginning of one stack.
    throw Object.assign(error, { stack: stack.replace(message, () => error.message) })
  }
}

/** Wraps a method: `wrapper` gets the original. */
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

/** Binds a hook to its suite, or to the test that it runs for, at the moment when vitest reads it. */
function followHooks(session: TestSession, suite: Suite, name: string, hooks: Hook[]): void {
  const isAroundTests = name === 'aroundEach'
  for (const [index, hook] of hooks.entries()) {
    if (isAroundTests) {
      hooks[index] = boundToItsTest(session, name, hook)
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

/** For `aroundEach`, which vitest calls before it begins the test. */
function boundToItsTest(session: TestSession, name: string, hook: Hook): Hook {
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

/** The name with those of the suites around it; `null`: the file itself. */
function fullName(task: Task): string | null {
  const names: string[] = []
  for (let each: Task | undefined = task; each !== undefined && !('filepath' in each); each = each.suite)
    names.unshift(each.name)
  return names.length === 0 ? null : names.join(' > ')
}

/** Adds the leaks to the other errors of the test or file. */
function addLeaks(task: Task, leaks: readonly TestLeak[]): void {
  if (leaks.length === 0) return
  task.result ??= { state: 'fail' }
  // Since vitest 5 the last try of a test is shown.
  const last = task.result.attempts?.at(-1)
  for (const outcome of last === undefined ? [task.result] : [task.result, last]) {
    outcome.state = 'fail'
    outcome.errors = [...(outcome.errors ?? []), ...leaks.map(serializedLeak)]
  }
}

/** A leak in the form in which vitest's workers send errors. */
function serializedLeak({ message, stack }: TestLeak): object {
  return { name: 'LeakError', message, stack, stackStr: stack }
}
