/** Applies the baseline to the report of a run, and writes a new one. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import {
  type BaselineFile,
  baselineIdentity,
  baselineSchema,
  isCovered,
  type KnownLeak,
  leaksIn,
  mergedLeaks,
} from '../../processes/baseline/baseline.ts'
import { withoutKnown } from '../../report/model/merge.ts'
import type { BaselineLeak, BaselineResult, Finding, Report } from '../../report/schema/report.ts'
import { shownPath } from '../../report/secrets/shown.ts'

/**
 * The report without the known leaks. A leak of which there are more than the baseline allows stays, with the number that is
 * allowed. `testLeaks`: those of test suites, which are in no report.
 */
export function applyBaseline(
  report: Report,
  known: readonly KnownLeak[],
  file: string,
  testLeaks: readonly KnownLeak[],
): Report {
  const byId = new Map(known.map((leak) => [leak.id, leak]))
  const counts = new Map(leaksIn(report, file).map(({ id, count = 1 }) => [id, count]))
  const found = new Set([
    ...counts.keys(),
    ...report.findings.map(({ id }) => id),
    ...testLeaks.map(({ id }) => id),
  ])
  const isKnown = (finding: Finding): boolean => {
    const { id } = baselineIdentity(report, finding)
    return isCovered(byId.get(id), counts.get(id) ?? finding.count)
  }
  const ofTests = testLeaks.filter(({ id }) => !counts.has(id))
  const knownTested = ofTests.filter(({ id, count = 1 }) => isCovered(byId.get(id), count)).length
  const newTested = ofTests.length - knownTested
  const covered = report.findings.filter(isKnown)
  const isEnded = report.timeoutMs !== undefined
  const holdingIds = new Set(
    covered
      .filter(({ holdsProcess }) => isEnded && holdsProcess)
      .map((finding) => baselineIdentity(report, finding).id),
  )
  const holding = known.filter(({ id }) => holdingIds.has(id)).map(baselineLeak)
  const result: BaselineResult = {
    file: shownPath(file),
    known: covered.length + knownTested,
    ...(newTested === 0 ? {} : { tested: newTested }),
    ...(holding.length === 0 ? {} : { holding }),
    gone: known.filter(({ id }) => !found.has(id)).map(baselineLeak),
  }
  const remaining = withoutKnown(report, isKnown, result)
  return {
    ...remaining,
    findings: remaining.findings.map((finding) => {
      const count = byId.get(baselineIdentity(report, finding).id)?.count
      return count === undefined ? finding : { ...finding, knownCount: count }
    }),
  }
}

function baselineLeak({ id, kind, name, place }: KnownLeak): BaselineLeak {
  return { id, kind, name, place }
}

/** The new baseline: the leaks of `report` and of test suites. A count that somebody has removed stays away. */
export function knownLeaks(
  report: Report,
  before: readonly KnownLeak[],
  file: string,
  testLeaks: readonly KnownLeak[],
): KnownLeak[] {
  const uncounted = new Set(before.filter(({ count }) => count === undefined).map(({ id }) => id))
  return mergedLeaks([...leaksIn(report, file), ...testLeaks], Math.max)
    .map(({ count, ...leak }) => (uncounted.has(leak.id) || count === undefined ? leak : { ...leak, count }))
    .sort((a, b) => sortKey(a).localeCompare(sortKey(b), 'en'))
}

/** Called before the run, whose leaks would be lost afterwards. @throws CodedError if the file cannot be written. */
export function checkWritable(file: string): void {
  const draft = draftOf(file)
  try {
    writeFileSync(draft, '', { flag: 'wx' })
    if (existsSync(file) && !statSync(file).isFile()) throw Object.assign(new Error(), { code: 'EISDIR' })
  } catch (error) {
    throw unwritable(file, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Writes the whole file or nothing. @throws CodedError if it cannot be written. */
export function writeBaseline(file: string, leaks: KnownLeak[]): void {
  const draft = draftOf(file)
  const content: BaselineFile = { schema: baselineSchema, leaks }
  try {
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx' })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw unwritable(file, error)
  }
}

function draftOf(file: string): string {
  return `${file}.${process.pid}-${process.hrtime.bigint().toString(36)}.tmp`
}

function unwritable(file: string, error: unknown): CodedError {
  const { code } = error as NodeJS.ErrnoException
  return new CodedError(errors.LEAKWATCH_BASELINE_UNWRITABLE(file, String(code)))
}

function sortKey({ place, kind, name, id }: KnownLeak): string {
  return [place ?? '', kind, name, id].join('\0')
}
