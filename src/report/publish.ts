/** Everything that happens once there is something to report. Loaded only then: most processes have nothing to say. */
import type { EngineRecord } from '../core/engine-record.ts'
import type { Steps } from '../core/steps.ts'
import type { Stock } from '../core/stock.ts'
import type { Fault } from '../judge/judge.ts'
import type { Settings } from '../settings.ts'
import { version } from '../version.ts'
import { type BuildOptions, drafting, reportOf, revisedDraft } from './build.ts'
import { chooseFormat, isColoured, standardError } from './choose-format.ts'
import { formattingJson } from './json.ts'
import { formattingNdjson } from './ndjson.ts'
import { Parts } from './parts.ts'
import { redact } from './redact.ts'
import type { Engine, Report } from './report.ts'
import { savingReport } from './save.ts'
import { serviceName } from './service.ts'
import { type OriginalColumn, sources } from './sources.ts'
import { formatText } from './text.ts'
import { writeAll } from './write.ts'

export type PublishOptions = Omit<BuildOptions, 'version' | 'service'>

/** The report of what was judged. `isRevised`: the program goes on meanwhile, and only what is still true at the end is told. */
export function* composing(
  stock: Stock,
  faults: readonly Fault[],
  settings: Settings,
  options: PublishOptions,
  isRevised: boolean,
): Steps<Report> {
  const service = serviceName(settings.service, options.main)
  const draft = yield* drafting(stock, faults, { ...options, version, service })
  if (isRevised) yield
  const report = reportOf(isRevised ? revisedDraft(draft) : draft)
  const { self, why } = report
  self.faults = self.faults.map(redact)
  self.notCovered = self.notCovered.map(redact)
  return why === undefined ? report : { ...report, why: why.map(redact) }
}

/** One engine, as a report shows it. */
export function describeEngine(record: EngineRecord, originalColumn: OriginalColumn): Engine {
  return new Parts(sources(originalColumn)).engine(record)
}

/** As a person reads it in a log. */
export function asText(report: Report): string {
  return formatText(report)
}

/** Prints, where `isPrinted`, and saves, where the settings ask for it. */
export function* publishing(report: Report, settings: Settings, isPrinted: boolean): Steps<void> {
  const text = isPrinted ? yield* formatting(report, settings) : ''
  // Whole: what the program writes stands before or after it.
  if (text !== '') writeAll(2, text)
  const complaint = settings.out === null ? null : yield* savingReport(report, settings.out)
  if (complaint !== null) writeAll(2, `${complaint}\n`)
}

function* formatting(report: Report, { format, isCi, colour }: Settings): Steps<string> {
  const { isTerminal, width } = standardError()
  switch (chooseFormat(format, isTerminal, isCi)) {
    case 'text':
      return formatText(report, { width, coloured: isColoured(colour, isTerminal) })
    case 'json':
      return (yield* formattingJson(report)).join('')
    case 'ndjson':
      return yield* formattingNdjson(report)
    case 'none':
      return ''
  }
}
