/** What the leaks of a test suite are held against: the baseline, which `leakwatch run --update-baseline` writes. Loaded with the first leak. */
import { CodedError } from '../../errors/coded-error.ts'
import {
  baselineIdentity,
  baselinePath,
  isCovered,
  type KnownLeak,
  leaksIn,
  mergedLeaks,
  readBaseline,
} from '../../processes/baseline/baseline.ts'
import { sendTestLeaks } from '../../processes/tree/member.ts'
import { isUpdating, type RecordFile, recordFilesIn } from '../../processes/tree/record-file.ts'
import { counts } from '../../report/model/merge.ts'
import { writeAll } from '../../report/output/write.ts'
import type { Report } from '../../report/schema/report.ts'
import type { Settings } from '../../settings/settings.ts'

export class KnownLeaks {
  readonly #file: string
  readonly #byId: ReadonlyMap<string, KnownLeak>
  readonly #places: readonly RecordFile[]
  /** All that is there will be known. */
  readonly #isUpdating: boolean

  constructor(settings: Settings) {
    this.#file = baselinePath(settings)
    this.#byId = new Map((read(this.#file) ?? []).map((leak) => [leak.id, leak]))
    this.#places = recordFilesIn(settings.run ?? '')
    this.#isUpdating = isUpdating(this.#places)
  }

  /** Reports of one judgement without what fails nothing, and without those of which nothing is left; tells `leakwatch run` of all. */
  without(reports: readonly Report[]): Report[] {
    const leaks = mergedLeaks(
      reports.flatMap((report) => leaksIn(report, this.#file)),
      (count, other) => count + other,
    )
    if (leaks.length > 0 && this.#places.length > 0) sendTestLeaks(this.#places, leaks)
    const isAccepted = ({ id, count = 1 }: KnownLeak): boolean =>
      this.#isUpdating || isCovered(this.#byId.get(id), count)
    const accepted = new Set(leaks.filter(isAccepted).map(({ id }) => id))
    return reports
      .map((report) => {
        const findings = report.findings.filter(
          (finding) => !accepted.has(baselineIdentity(report, finding).id),
        )
        return { ...report, findings, summary: { ...report.summary, ...counts(findings) } }
      })
      .filter(({ findings }) => findings.length > 0)
  }
}

function read(file: string): KnownLeak[] | null {
  try {
    return readBaseline(file)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    writeAll(2, `${error.message}. Leaving it out.\n`)
    return null
  }
}
