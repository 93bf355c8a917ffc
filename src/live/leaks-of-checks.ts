/** What checks have found, for metrics and for `leakwatch top`: of all kinds, those too that no check reports. Loaded with the first check that has any. */
import type { Steps } from '../core/time/steps.ts'
import type { Judged } from '../judge/judge.ts'
import type { Kind } from '../judge/kinds/list.ts'
import type { Report, Site } from '../report/schema/report.ts'
import { partsById, subjectOf } from '../report/words/finding-rows.ts'

/** A finding of severity `leak`. */
export interface FoundLeak {
  readonly kind: Kind
  /** Of its engine or handle. */
  readonly name: string
  readonly site: Site | null
  /** How many engines or handles it is about. */
  readonly count: number
}

/** Those of the last check. */
export interface LeaksOfChecks {
  /** How many want to know: for them a check judges, too, where there may only be what it does not report. */
  askers: number
  /** `null`: no check has looked since somebody asks. */
  found: readonly FoundLeak[] | null
}

/** `composing` makes the report of what was judged: without what a rule ignores. */
export function* findingLeaks(
  judged: Judged,
  composing: (judged: Judged) => Steps<Report>,
): Steps<FoundLeak[]> {
  const report = yield* composing({ ...judged, faults: judged.faults.filter(isLeak) })
  const parts = partsById(report)
  return report.findings.map((finding) => {
    const { name, site } = subjectOf(finding, parts)
    return { kind: finding.kind, name: name ?? finding.kind, site, count: finding.count }
  })
}

function isLeak({ severity }: { severity: string }): boolean {
  return severity === 'leak'
}
