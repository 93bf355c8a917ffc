/** What programs and test suites call. */

import type { EngineRecord } from './core/engine-record.ts'
import { runningEngines } from './core/engines.ts'
import { type EventName, listen } from './core/events.ts'
import { liveHandles } from './core/handle-table.ts'
import { leaveAlone } from './core/stock.ts'
import { currentTest } from './core/test-context.ts'
import type { IgnoreRule } from './judge/ignore.ts'
import type { Fault } from './judge/judge.ts'
import { LeakError } from './leak-error.ts'
import type { Engine, Finding, Report } from './report/report.ts'
import type { Occasion, Reporter } from './reporter.ts'
import type { TestSession } from './runners/session.ts'
import { type EngineScope, openEngine, type TrackOptions, track } from './track.ts'

export interface ReportOptions {
  /** How long something may still be closing before it is blamed, in milliseconds. */
  graceMs?: number
  /** Rules beside those of the settings. */
  ignore?: IgnoreRule[]
}

export interface AssertOptions extends ReportOptions {
  /** Only what came after it is judged. */
  since?: Snapshot
  /** Warnings count too. */
  strict?: boolean
}

/** What was alive at one moment: to be handed to `assertNoLeaks({ since })`. */
export interface Snapshot {
  readonly engines: ReadonlySet<string>
  readonly handles: ReadonlySet<string>
}

export interface On {
  /** Returns its undo. */
  (event: 'started' | 'stopped', listener: (engine: Engine) => void): () => void
  (event: 'finding', listener: (finding: Finding) => void): () => void
}

export interface Api {
  track<T extends object>(target: T, options?: TrackOptions): T
  openEngine(name: string): EngineScope
  ignore<T extends object>(target: T, reason: string): T
  report(options?: ReportOptions): Promise<Report>
  reportSync(): Report
  snapshot(): Snapshot
  assertNoLeaks(options?: AssertOptions): Promise<void>
  on: On
  allowLeak(reason: string): void
  /** For the integrations of test runners; `null`: leakwatch is off. */
  forRunner(): TestSession | null
}

const eventNames: readonly EventName[] = ['started', 'stopped', 'finding']

export function makeApi(reporter: Reporter): Omit<Api, 'forRunner'> {
  return {
    track,
    openEngine,
    ignore: (target, reason) => {
      expectReason('LEAKWATCH_IGNORE_REASON', 'a reason why it is meant to stay', reason)
      leaveAlone(target, reason)
      return target
    },
    allowLeak: (reason) => {
      expectReason('LEAKWATCH_ALLOW_REASON', 'a reason why what this test starts may stay', reason)
      const scope = currentTest()
      if (scope !== null) scope.allowed = reason
    },
    report: async (options = {}) => reporter.makeMeanwhile({ trigger: 'call', ...options }),
    reportSync: () => reporter.make({ trigger: 'call' }),
    snapshot,
    assertNoLeaks: async (options = {}) => {
      const occasion = assertion(options)
      reporter.isAsserted = true
      await reporter.settle(occasion, true)
      const report = reporter.makeIfAny(occasion)
      if (report === null || (report.summary.leaks === 0 && options.strict !== true)) return
      throw new LeakError(report, reporter.text(report).trimEnd())
    },
    on: ((event: EventName, listener: (subject: unknown) => void) => {
      expectListener(event, listener)
      if (event === 'finding') return listen(event, listener)
      return listen(event, (record) => listener(reporter.engine(record as EngineRecord)))
    }) as On,
  }
}

function expectReason(code: string, expected: string, reason: unknown): void {
  if (typeof reason === 'string' && reason !== '') return
  throw new TypeError(
    `${code}: expected ${expected}; got ${reason === '' ? 'an empty string' : typeof reason}`,
  )
}

function snapshot(): Snapshot {
  return {
    engines: new Set(runningEngines().map(({ id }) => `e${id}`)),
    handles: new Set(liveHandles().map(({ record }) => `h${record.id}`)),
  }
}

function assertion({ since, ...options }: AssertOptions): Occasion {
  if (since === undefined) return { trigger: 'assert', ...options }
  if (!(since?.engines instanceof Set) || !(since.handles instanceof Set)) {
    throw new TypeError('LEAKWATCH_SINCE: expected `since` to be what `snapshot()` gave; got something else')
  }
  const isNew = ({ engine, handles }: Fault): boolean => {
    if (engine !== null) return !since.engines.has(`e${engine.id}`)
    return handles.some(({ live }) => !since.handles.has(`h${live.record.id}`))
  }
  return { trigger: 'assert', counts: isNew, ...options }
}

function expectListener(event: string, listener: unknown): void {
  if (!eventNames.includes(event as EventName)) {
    throw new TypeError(
      `LEAKWATCH_ON_EVENT: expected one of \`started\`, \`stopped\`, \`finding\`; got \`${String(event)}\``,
    )
  }
  if (typeof listener === 'function') return
  throw new TypeError(`LEAKWATCH_ON_LISTENER: expected a function to call; got ${typeof listener}`)
}
