/** Everything that happens once there is something to report. Loaded only then: most processes have nothing to say. */
import type { EngineRecord } from '../core/engine-record.ts'
import type { Stock } from '../core/stock.ts'
import type { Fault } from '../judge/judge.ts'
import type { Settings } from '../settings.ts'
import { version } from '../version.ts'
import { type BuildOptions, buildReport } from './build.ts'
import { chooseFormat, isColoured, standardError } from './choose-format.ts'
import { formatJson } from './json.ts'
import { formatNdjson } from './ndjson.ts'
import { Parts } from './parts.ts'
import { redact } from './redact.ts'
import type { Engine, Report } from './report.ts'
import { saveReport } from './save.ts'
import { serviceName } from './service.ts'
import { type OriginalColumn, sources } from './sources.ts'
import { formatText } from './text.ts'
import { writeAll } from './write.ts'

export type PublishOptions = Omit<BuildOptions, 'version' | 'service'>

export function compose(
  stock: Stock,
  faults: readonly Fault[],
  settings: Settings,
  options: PublishOptions,
): Report {
  const report = buildReport(stock, faults, {
    ...options,
    version,
    service: serviceName(settings.service, options.main),
  })
  const { self, why } = report
  self.faults = self.faults.map(redact)
  self.notCovered = self.notCovered.map(redact)
  return why === undefined ? report : { ...report, why: why.map(redact) }
}

/** One engine, as a report shows it. */
export function describeEngine(record: EngineRecord, originalColumn: OriginalColumn): Engine {
  return new Parts({ engines: [], handles: [] }, sources(originalColumn)).engine(record)
}

/** As a person reads it in a log. */
export function asText(report: Report): string {
  return formatText(report)
}

/** Prints, where `isPrinted`, and saves, where the settings ask for it. */
export function publish(report: Report, settings: Settings, isPrinted: boolean): void {
  if (isPrinted) print(report, settings)
  const complaint = settings.out === null ? null : saveReport(report, settings.out)
  if (complaint !== null) writeAll(2, `${complaint}\n`)
}

function print(report: Report, { format, isCi, colour }: Settings): void {
  const { isTerminal, width } = standardError()
  switch (chooseFormat(format, isTerminal, isCi)) {
    case 'text':
      return void writeAll(2, formatText(report, { width, coloured: isColoured(colour, isTerminal) }))
    case 'json':
      return void writeAll(2, formatJson(report))
    case 'ndjson':
      return void writeAll(2, formatNdjson(report))
    case 'none':
  }
}
