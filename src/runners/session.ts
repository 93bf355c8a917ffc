/** What every test runner's integration does: tells whose the running code is, judges, and tells of leaks as errors. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { engineOf } from '../core/engines.ts'
import { attempt } from '../core/faults.ts'
import type { PlainFrame } from '../core/frames.ts'
import { liveHandles } from '../core/handle-table.ts'
import { programFrame } from '../core/places.ts'
import type { CapturedStack } from '../core/stack.ts'
import { leaveAlone, staysFor } from '../core/stock.ts'
import {
  followTests,
  seenByTests as seen,
  type TestScope,
  toldByTests as told,
} from '../core/test-context.ts'
import type { Fault } from '../judge/judge.ts'
import { isRunnersOwn } from '../judge/runners-own.ts'
import { scopeOf } from '../judge/scope.ts'
import { rememberBlamed, waitsForBlamed } from '../judge/waiting-servers.ts'
import type { Report } from '../report/report.ts'
import { compiledBy, type VitestWorker } from '../report/runner-code.ts'
import type { Reporter } from '../reporter.ts'
import type { Settings } from '../settings.ts'
import type { KnownLeaks } from './known-leaks.ts'
import type { LeakOfTest } from './leak-of-test.ts'

export type { TestScope } from '../core/test-context.ts'
export type { LeakOfTest } from './leak-of-test.ts'

/** Where a fault comes from: the test, and the file of the engine's start. */
export type Counts = (scope: TestScope | null, file: string | null) => boolean

/** 7 ms that a clean file's process need not take. */
const knownLeaks = () => require('./known-leaks.js') as typeof import('./known-leaks.ts')
const texts = () => require('./leak-of-test.js') as typeof import('./leak-of-test.ts')

/** A function of a test's. */
export type Body = (this: unknown, ...args: never[]) => unknown

const accepted = 'accepted by a rule'
const { runInAsyncScope } = AsyncResource.prototype
/** By the keys of an `AsyncResource`, what its code has around it: up to Node 22, and from 24. */
const isContext = /^(?:kResourceStore|context_frame)$/

/** What keeps the process alive once its tests have ended. */
export interface Holding {
  /** Leaks that were told of or accepted, and nothing else. */
  isReported: boolean
  /** Nothing that was seen to open. */
  isUnseen: boolean
  /** Of all else but what the runner itself opened; `null`: nothing. Made when it is asked for. */
  others(): Report | null
}

export class TestSession {
  readonly mode: Settings['testMode']
  /** A run that only reported leaks hold is to be ended. */
  readonly endsRun: boolean
  readonly #reporter: Reporter
  readonly #settings: Settings
  #known: KnownLeaks | null = null
  readonly #storage = new AsyncLocalStorage<TestScope>()
  #file: TestScope | null = null
  #hasTold = false

  constructor(reporter: Reporter, settings: Settings) {
    this.#reporter = reporter
    this.#settings = settings
    this.mode = settings.testMode
    this.endsRun = settings.testExit
    reporter.isAsserted = true
    followTests(() => this.#storage.getStore() ?? this.#file)
  }

  /** Where vitest keeps what it has compiled: in the vm pools no global of this context tells. */
  readCodeOf(worker: VitestWorker): void {
    compiledBy(worker)
  }

  /** Of what runs outside of tests and hooks. */
  get file(): string | null {
    return this.#file?.file ?? null
  }

  /** From now on what runs outside of tests and hooks belongs to this file; `null`: to none. */
  beginFile(file: string | null): void {
    this.#file = file === null ? null : { file, name: null, hook: null, allowed: null }
  }

  /** The same, and what the running code goes on to start belongs to it after the next file has begun, too. */
  enterFile(file: string): void {
    this.beginFile(file)
    if (this.#file !== null) this.enter(this.#file)
  }

  /** Runs `body`: what it starts, now or later, belongs to the test or hook. */
  run<T>(scope: TestScope, body: () => T): T {
    return this.#storage.run(scope, body)
  }

  /** The same with what the running code goes on to do; `null`: it belongs to no test. */
  enter(scope: TestScope | null): void {
    this.#storage.enterWith(scope as TestScope)
  }

  /** `body`, run as by `run`, with no frame of leakwatch's on its stacks. */
  bind(scope: TestScope, body: Body): Body {
    const bound = this.#storage.run(scope, () => new AsyncResource('LEAKWATCH')).bind(body)
    // What a runner has written on it, and how many arguments it takes.
    return Object.defineProperties(bound, Object.getOwnPropertyDescriptors(body)) as Body
  }

  /** The test or hook that the running code belongs to; `null`: none. */
  get scope(): TestScope | null {
    return this.#storage.getStore() ?? null
  }

  /**
   * Whatever `resource` runs belongs to the test or hook, as with `run`, and no frame of leakwatch's stands on its stacks. `false`:
   * this Node keeps the context elsewhere.
   */
  give(scope: TestScope, resource: AsyncResource): boolean {
    const run = <T>(body: () => T): T => Reflect.apply(runInAsyncScope, resource, [body])
    const model = run(() => this.#storage.run(scope, () => new AsyncResource('LEAKWATCH')))
    for (const key of Object.getOwnPropertySymbols(model)) {
      if (!isContext.test(key.description ?? '')) continue
      Object.defineProperty(resource, key, Object.getOwnPropertyDescriptor(model, key) as PropertyDescriptor)
    }
    return run(() => this.#storage.getStore()) === scope
  }

  /** Waits for what is closing, and gives what then was not stopped: once, whoever asks. */
  async judge(counts: Counts): Promise<LeakOfTest[]> {
    const isCounted = (fault: Fault): boolean => counts(scopeOf(fault), placeOf(fault)?.file ?? null)
    const { faults } = await this.#reporter.settle({ trigger: 'assert', counts: isCounted }, true)
    const leaks: LeakOfTest[] = []
    const ids = new Set<string>()
    const isTold = (fault: Fault): boolean => this.#reporter.isTold(fault)
    const reports = [...new Set(faults.filter(isTold).map(scopeOf))]
      .map((scope) =>
        this.#reporter.makeIfAny({
          trigger: 'assert',
          counts: (fault) => isCounted(fault) && scopeOf(fault) === scope,
        }),
      )
      .filter((report) => report !== null)
    for (const report of this.#withoutKnown(reports)) {
      this.#reporter.deliver(report, false)
      leaks.push(...texts().leaksOf(report))
      for (const { engine, handles } of report.findings)
        for (const id of [engine, ...handles]) ids.add(id ?? '')
    }
    this.#hasTold ||= leaks.length > 0
    // What a rule ignores is in no report; what nobody is told of would be.
    for (const fault of faults)
      attempt('leaving what was told of', () => leave(fault, !isTold(fault) || isAmong(ids, fault)))
    return leaks
  }

  /** Where all of it is known there is nothing to tell. */
  #withoutKnown(reports: readonly Report[]): Report[] {
    if (!reports.some(({ summary }) => summary.leaks > 0)) return [...reports]
    this.#known ??= new (knownLeaks().KnownLeaks)(this.#settings)
    return this.#known.without(reports)
  }

  /** Rules and reasons to stay do not count: what they leave unblamed keeps the process alive all the same. */
  holding(): Holding {
    const holds = { trigger: 'stall', leftOut: () => false, isUnruled: true } as const
    const all = this.#reporter.judge({ ...holds, counts: isHeld })
    const counts = (fault: Fault): boolean => isHeld(fault) && !this.#isSettled(fault) && !isRunnersOwn(fault)
    return {
      isUnseen: all.length === 0,
      isReported: all.length > 0 && all.every((fault) => this.#isSettled(fault)),
      others: () => (all.some(counts) ? this.#reporter.makeIfAny({ ...holds, counts }) : null),
    }
  }

  /** What was told of, or accepted, no longer keeps the process alive: what else it has to do decides when it ends. */
  letGo(): void {
    const settled = this.#reporter
      .judge({ trigger: 'stall', leftOut: () => false })
      .filter((fault) => this.#isSettled(fault))
    const engines = new Set(settled.flatMap(({ engine, children }) => [engine, ...children]))
    const parts = liveHandles().filter(
      (live) => (live.record.part && engines.has(live.record.owner)) || waitsForBlamed({ live }),
    )
    for (const { record, resource } of [
      ...settled.flatMap(({ handles }) => handles.map(({ live }) => live)),
      ...parts,
    ])
      if (record.kind.isReferenced(resource)) (resource as { unref?(): void }).unref?.()
  }

  /** There is no more to say of it: it was told of, or is a leak that a rule or its test accepts. */
  #isSettled(fault: Fault): boolean {
    const { engine, handles } = fault
    const stays = (reason: string): boolean => staysFor(reason, engine, handles[0]?.live.resource)
    if ((this.#hasTold && stays(told)) || stays(accepted)) return true
    return scopeOf(fault)?.allowed != null
  }

  /** Of an engine; `null`, where none was seen to start. */
  stopOf(target: unknown): { name: string; isStopped: boolean } | null {
    const record = engineOf(target)
    if (record === undefined || record.state === 'created') return null
    return { name: record.name, isStopped: record.state === 'stopped' }
  }
}

/** Where its engine was started, or the orphan opened. */
function placeOf(fault: Fault): PlainFrame | null {
  const stack = stackOf(fault)
  return stack === null ? null : programFrame(stack)
}

function stackOf({ engine, handles }: Fault): CapturedStack | null {
  return engine === null ? (handles[0]?.live.record.stack ?? null) : (engine.started ?? engine.created)
}

function isHeld({ handles }: Fault): boolean {
  return handles.some(({ ref }) => ref)
}

function isAmong(ids: ReadonlySet<string>, { engine, handles }: Fault): boolean {
  return (
    (engine !== null && ids.has(`e${engine.id}`)) || handles.some(({ live }) => ids.has(`h${live.record.id}`))
  )
}

/** Nobody is told of it again. What a test has left that ends by itself nobody waits for: the test has ended. */
function leave(fault: Fault, isInReport: boolean): void {
  const { engine, handles, severity } = fault
  if (severity === 'leak' && isInReport) rememberBlamed(handles)
  const scope = scopeOf(fault)
  const isOfTest = scope !== null && (scope.name !== null || scope.hook !== null)
  const tells = severity === 'leak' || isOfTest
  const reason = !tells ? seen : isInReport ? told : severity === 'leak' ? accepted : seen
  if (engine !== null) engine.ignored ??= reason
  else for (const { live } of handles) leaveAlone(live.resource, reason)
}
