import type { Finding, Report } from '../report/schema/report.ts'

/** What `assertNoLeaks` throws: its message is the text report. */
export class LeakError extends Error {
  override readonly name: string = 'LeakError'
  readonly code: string = 'LEAKWATCH_LEAK'
  readonly report: Report
  readonly findings: Finding[]

  constructor(report: Report, message: string) {
    super(message)
    this.report = report
    this.findings = report.findings
    // Runners print what an error has.
    for (const key of ['report', 'findings']) Object.defineProperty(this, key, { enumerable: false })
  }
}
