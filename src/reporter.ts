/** Makes reports of what is alive, and brings them to where they are read. */
import { stackMode } from './core/budget.ts'
import { now, wait } from './core/clock.ts'
import { emitFinding } from './core/events.ts'
import { takeStock } from './core/stock.ts'
import { frozenClasses } from './detect/classes.ts'
import { originalColumn, unreadFiles } from './detect/loader.ts'
import { pooledSockets } from './detect/node/http-agent.ts'
import type { IgnoreRule } from './judge/ignore.ts'
import { type Fault, judge } from './judge/judge.ts'
import type { Trigger } from './judge/verdict.ts'
import { buildReport } from './report/build.ts'
import { chooseFormat, isColoured, standardError } from './report/choose-format.ts'
import { formatJson } from './report/json.ts'
import { formatNdjson } from './report/ndjson.ts'
import type { Report } from './report/report.ts'
import { saveReport } from './report/save.ts'
import { serviceName } from './report/service.ts'
import { formatText } from './report/text.ts'
import { secondOpinion } from './report/why.ts'
import { writeAll } from './report/write.ts'
import type { Settings } from './settings.ts'
import { version } from './version.ts'

export interface Occasion {
  trigger: Trigger
  exitCode?: number
  signal?: string
  /** Rules beside those of the settings. */
  ignore?: readonly IgnoreRule[]
  /** Which faults count. */
  counts?: (fault: Fault) => boolean
  graceMs?: number
}

/** What no report of this process can know. */
const lateImport = 'what was created before leakwatch was imported: preload it with `node --import leakwatch`'

export class Reporter {
  readonly #settings: Settings
  readonly #main: string | null
  readonly #isLate: boolean

  constructor(settings: Settings, main: string | null, isLate: boolean) {
    this.#settings = settings
    this.#main = main
    this.#isLate = isLate
  }

  /** The report as things stand; `null` where there is no fault at all. */
  makeIfAny(occasion: Occasion): Report | null {
    const { stock, faults } = this.#judge(occasion)
    if (faults.length === 0) return null
    const report = this.#build(stock, faults, occasion)
    return report.findings.length === 0 ? null : report
  }

  /** The report as things stand. */
  make(occasion: Occasion): Report {
    const { stock, faults } = this.#judge(occasion)
    return this.#build(stock, faults, occasion)
  }

  /**
   * Waits, while something would be blamed, until it has closed or the grace time is over. `hold`: the wait keeps the
   * process alive.
   */
  async makeSettled(occasion: Occasion, hold: boolean): Promise<Report> {
    const graceMs = occasion.graceMs ?? this.#settings.graceMs
    const from = now()
    let pauseMs = 1
    for (;;) {
      const report = this.make(occasion)
      const leftMs = graceMs - (now() - from)
      if (report.summary.leaks === 0 || leftMs <= 0) return report
      await wait(Math.min(pauseMs, leftMs), hold)
      pauseMs = Math.min(pauseMs * 2, 50)
    }
  }

  /** The text report, as a person reads it in a log. */
  text(report: Report): string {
    return formatText(report)
  }

  /** Prints and saves. `printed` is false where only the file is wanted. */
  deliver(report: Report, printed = true): void {
    for (const finding of report.findings) emitFinding(finding)
    const { out } = this.#settings
    if (printed) this.#print(report)
    const complaint = out === null ? null : saveReport(report, out)
    if (complaint !== null) writeAll(2, `${complaint}\n`)
  }

  #judge({ trigger, counts }: Occasion): { stock: ReturnType<typeof takeStock>; faults: Fault[] } {
    const { graceMs, stallMs } = this.#settings
    const stock = takeStock(pooledSockets)
    const faults = judge(stock, { trigger, now: now(), graceMs, stallMs })
    return { stock, faults: counts === undefined ? faults : faults.filter(counts) }
  }

  #build(stock: ReturnType<typeof takeStock>, faults: readonly Fault[], occasion: Occasion): Report {
    const { trigger, exitCode = null, signal = null, ignore = [] } = occasion
    const report = buildReport(stock, faults, {
      trigger,
      version,
      service: serviceName(this.#settings.service, this.#main),
      main: this.#main,
      exitCode,
      signal,
      ignore: [...this.#settings.ignore, ...ignore],
      notCovered: this.#notCovered(),
      originalColumn,
    })
    const why = this.#settings.why ? secondOpinion() : null
    return why === null ? report : { ...report, why }
  }

  #notCovered(): string[] {
    return [
      ...(this.#isLate ? [lateImport] : []),
      ...[...frozenClasses].map((name) => `${name}: its methods are frozen`),
      ...[...unreadFiles].map((file) => `${file}: it could not be read`),
      ...(stackMode() === 'off' ? ['where things were created: LEAKWATCH_STACKS is off'] : []),
    ]
  }

  #print(report: Report): void {
    const { format, isCi, colour } = this.#settings
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
}
