/** What programs and test suites call. */

import { runningEngines } from '../core/engines/running-engines.ts'
import { liveHandles } from '../core/handles/live-handles.ts'
import type { EngineRecord } from '../core/records/engine-record.ts'
import { type EventName, listen } from '../core/records/listeners.ts'
import { currentTest } from '../core/records/test-scope.ts'
import { leaveAlone } from '../core/stock.ts'
import type { Reporter } from '../live/reporter.ts'
import type { Engine, Finding, Report, Severity } from '../report/schema/report.ts'
import type { Settings } from '../settings/settings.ts'
import { LeakError } from './leak-error.ts'
import { type LeaseOptions, lease } from './lease.ts'
import { errors, isReason, kindOf, misuse } from './misuse.ts'
import {
  type AssertOptions,
  assertion,
  type ReportOptions,
  reportOccasion,
  type Snapshot,
} from './options.ts'
import { type EngineScope, openEngine, type TrackOptions, track } from './track.ts'

export interface On {
  /** Returns its undo. */
  (event: 'started' | 'stopped', listener: (engine: Engine) => void): () => void
  (event: 'finding', listener: (finding: Finding) => void): () => void
}

export interface Api {
  track<T extends object>(target: T, options?: TrackOptions): T
  lease<T extends object>(from: object, taken: T, options?: LeaseOptions): T
  openEngine(name: string): EngineScope
  ignore<T extends object>(target: T, reason: string): T
  report(options?: ReportOptions): Promise<Report>
  reportSync(): Report
  snapshot(): Snapshot
  assertNoLeaks(options?: AssertOptions): Promise<void>
  on: On
  allowLeak(reason: string): void
}

/** leakwatch as it was installed in this thread. */
export interface Installed extends Api {
  /** For the integrations of test runners; `null`: leakwatch is off. */
  readonly inside: Inside | null
}

/** The parts of leakwatch that a test runner's integration judges with. */
export interface Inside {
  /** Where the copy is that watches this thread. */
  readonly folder: string
  readonly reporter: () => Reporter
  readonly settings: Settings
  /** A module of the copy that watches this thread, by its path: another copy knows of no engine. */
  readonly module: (path: string) => unknown
  /** The thread's one test session, once an integration has begun it. */
  session: object | null
}

const eventNames: readonly EventName[] = ['started', 'stopped', 'finding']

export function makeApi(reporter: Reporter): Api {
  return {
    track,
    lease,
    openEngine,
    ignore: (target, reason) => {
      if (!isReason(reason)) throw misuse(errors().LEAKWATCH_IGNORE_REASON(kindOf(reason)))
      if ((typeof target !== 'object' && typeof target !== 'function') || target === null)
        throw misuse(errors().LEAKWATCH_IGNORE_TARGET(kindOf(target)))
      leaveAlone(target, reason)
      return target
    },
    allowLeak: (reason) => {
      if (!isReason(reason)) throw misuse(errors().LEAKWATCH_ALLOW_REASON(kindOf(reason)))
      const scope = currentTest()
      if (scope !== null) scope.allowed = reason
    },
    report: async (options = {}) => reporter.makeAfterGrace(reportOccasion(options)),
    reportSync: () => reporter.make({ trigger: 'call' }),
    snapshot,
    assertNoLeaks: async (options = {}) => {
      const { occasion, isStrict } = assertion(options)
      const counts = ({ severity }: { severity: Severity }): boolean => isStrict || severity === 'leak'
      const judged = await reporter.judgeAfterGrace(occasion, true)
      if (!judged.faults.some(counts)) return
      const report = reporter.compose(judged, occasion, true)
      if (!report.findings.some(counts)) return
      throw new LeakError(report, reporter.text(report).trimEnd())
    },
    on: ((event: EventName, listener: (subject: unknown) => void) => {
      expectListener(event, listener)
      if (event === 'finding') return listen(event, listener)
      return listen(event, (record) => listener(reporter.engine(record as EngineRecord)))
    }) as On,
  }
}

function snapshot(): Snapshot {
  return {
    engines: new Set(runningEngines().map(({ id }) => `e${id}`)),
    handles: new Set(liveHandles().map(({ record }) => `h${record.id}`)),
  }
}

function expectListener(event: string, listener: unknown): void {
  if (!eventNames.includes(event as EventName)) {
    const names = eventNames.map((name) => `\`${name}\``).join(', ')
    throw misuse(errors().LEAKWATCH_ON_EVENT(names, String(event)))
  }
  if (typeof listener !== 'function') throw misuse(errors().LEAKWATCH_ON_LISTENER(kindOf(listener)))
}
