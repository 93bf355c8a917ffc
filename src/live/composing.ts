/** Second step of a report: what was judged in, the report out. Loaded with the first report: most processes have none. */

import { shutdown } from '../core/engines/begun-shutdown.ts'
import { engineCounts } from '../core/engines/running-engines.ts'
import type { EngineRecord } from '../core/records/engine-record.ts'
import { notCovered, faults as ownFaults } from '../core/self/faults.ts'
import { stackMode } from '../core/stacks/budget.ts'
import { stackTally } from '../core/stacks/tally.ts'
import type { Steps } from '../core/time/steps.ts'
import { unreadFiles } from '../detect/loader/loader.ts'
import { originalColumn } from '../detect/transform/original-column.ts'
import type { Judged } from '../judge/judge.ts'
import { isFinal } from '../judge/kinds/trigger.ts'
import { version } from '../packaging/version.ts'
import { drafting, reportOf, revisedDraft } from '../report/model/build.ts'
import { Parts } from '../report/model/parts.ts'
import { serviceName } from '../report/model/service.ts'
import type { Engine, Report } from '../report/schema/report.ts'
import { shownCode, shownText } from '../report/secrets/shown.ts'
import { sources } from '../report/sources/sources.ts'
import type { Settings } from '../settings/settings.ts'
import { judgedAsIn, type Occasion } from './judging.ts'
import { secondOpinion } from './second-opinion.ts'

/** The program that is watched. */
export interface Program {
  /** Its main script. */
  main: string | null
  /** It ran already when leakwatch was loaded. */
  isLate: boolean
}

/** What no report of a process can know that imports leakwatch. */
const lateImport =
  'what was created before leakwatch was imported, and engines of modules loaded before it: preload it with ' +
  '`node --require leakwatch`'

/** `isRevised`: the program has gone on since it was judged, and only what is still true at the end is told. */
export function* composing(
  { stock, faults }: Judged,
  occasion: Occasion,
  program: Program,
  settings: Pick<Settings, 'ignore' | 'service'>,
  isRevised: boolean,
): Steps<Report> {
  const { trigger, exitCode = null, signal = null, ignore = [], isUnruled } = occasion
  const draft = yield* drafting(stock, faults, {
    tally: { engines: engineCounts(), stacks: stackTally(), faults: ownFaults(), shutdown: shutdown() },
    trigger,
    isFinal: isFinal(judgedAsIn(occasion)),
    version,
    service: serviceName(settings.service, program.main),
    main: program.main,
    exitCode,
    signal,
    ignore: isUnruled === true ? [] : [...settings.ignore, ...ignore],
    notCovered: whatIsNotCovered(program),
    why: secondOpinion(),
    originalColumn,
  })
  if (isRevised) yield
  const report = reportOf(isRevised ? revisedDraft(draft) : draft)
  const { self, why } = report
  self.faults = self.faults.map(shownText)
  self.notCovered = self.notCovered.map(shownText)
  return why === undefined ? report : { ...report, why: why.map(shownCode) }
}

/** One engine, as a report shows it. */
export function describeEngine(record: EngineRecord): Engine {
  return new Parts(sources(originalColumn)).engine(record)
}

function whatIsNotCovered({ isLate }: Program): string[] {
  return [
    ...(isLate ? [lateImport] : []),
    ...notCovered(),
    ...[...unreadFiles].map((file) => `${file}: it could not be read`),
    ...(stackMode() === 'off' ? ['where things were created: LEAKWATCH_STACKS is off'] : []),
  ]
}
