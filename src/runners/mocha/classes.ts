/** The parts of mocha (10 to 12) that leakwatch uses. */

export type HookKind = 'beforeAll' | 'beforeEach' | 'afterAll' | 'afterEach'

export interface MochaSuite {
  root: boolean
  parent?: MochaSuite
  title: string
  file?: string
  ctx: object
  suites: MochaSuite[]
  tests: MochaRunnable[]
  titlePath(): string[]
  _createHook(title: string, body: unknown): MochaRunnable
  emit(event: string, ...args: unknown[]): boolean
}

export interface MochaRunnable {
  type: string
  title: string
  /** The title of a hook that has run, without that of its test. */
  originalTitle?: string
  file?: string
  parent?: MochaSuite
  ctx?: { currentTest?: MochaRunnable }
  titlePath(): string[]
  retriedTest?(): MochaRunnable | undefined
  run(done: (error?: unknown) => void): unknown
}

export interface MochaRunner {
  /** The suite that runs. */
  suite: MochaSuite
  test?: MochaRunnable
  grepTotal(suite: MochaSuite): number
  fail(runnable: MochaRunnable, error: Error, force: boolean): void
  hook(kind: HookKind, done: (...args: unknown[]) => void): void
  hookUp(kind: HookKind, done: (...args: unknown[]) => void): void
}

export interface MochaInstance {
  isWorker?: boolean
  options: { watch?: boolean }
  hasGlobalSetupFixtures(): boolean
  run(done?: (failures: number) => void): MochaRunner
  runGlobalSetup(context: object): Promise<unknown>
  runGlobalTeardown(...args: unknown[]): Promise<unknown>
}

interface Class<Instance, Arguments extends unknown[] = never[]> {
  prototype: Instance
  new (...args: Arguments): Instance
}

export interface MochaClass extends Class<MochaInstance> {
  Runner: Class<MochaRunner> & { immediately(body: () => void): unknown }
  Runnable: Class<MochaRunnable>
  Suite: Class<MochaSuite>
  Hook: Class<MochaRunnable, [title: string, body: () => void]>
}

/** Puts `wrapper` around a method; `original` is bound to its object. */
export function around<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  wrapper: (original: Bound<Target[Name]>, self: Target, ...args: Args<Target[Name]>) => unknown,
): void {
  const method = target[name] as (...args: unknown[]) => unknown
  target[name] = function (this: Target, ...args: Args<Target[Name]>) {
    return wrapper(method.bind(this) as Bound<Target[Name]>, this, ...args)
  } as Target[Name]
}

type Args<Method> = Method extends (...args: infer All) => unknown ? All : never
type Bound<Method> = Method extends (...args: infer All) => infer Result ? (...args: All) => Result : never
