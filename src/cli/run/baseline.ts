/** The baseline of a run: applied to its report, and written anew. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import {
  BaselineFault,
  type BaselineFile,
  baselineSchema,
  bugOf,
  isCovered,
  type KnownLeak,
  leaksIn,
  mergedLeaks,
  readBaseline as readFile,
} from '../../baseline.ts'
import { withoutKnown } from '../../report/merge.ts'
import type { BaselineLeak, BaselineResult, Finding, Report } from '../../report/report.ts'
import { Misuse } from '../misuse.ts'

/**
 * `null`: there is no such file.
 * @throws Misuse where it is no baseline.
 */
export function readBaseline(file: string): KnownLeak[] | null {
  try {
    return readFile(file)
  } catch (error) {
    throw error instanceof BaselineFault ? new Misuse(error.code, error.message) : error
  }
}

/**
 * The report without the leaks that are known. One that there is more of stays, with what was known of it. `tested`: what test
 * suites have judged, which is in no report.
 */
export function applyBaseline(
  report: Report,
  known: readonly KnownLeak[],
  file: string,
  tested: readonly KnownLeak[],
): Report {
  const byId = new Map(known.map((leak) => [leak.id, leak]))
  const counts = new Map(leaksIn(report, file).map(({ id, count = 1 }) => [id, count]))
  const found = new Set([
    ...counts.keys(),
    ...report.findings.map(({ id }) => id),
    ...tested.map(({ id }) => id),
  ])
  const isKnown = (finding: Finding): boolean => {
    const { id } = bugOf(report, finding)
    return isCovered(byId.get(id), counts.get(id) ?? finding.count)
  }
  const ofTests = tested.filter(({ id }) => !counts.has(id))
  const knownTested = ofTests.filter(({ id, count = 1 }) => isCovered(byId.get(id), count)).length
  const newTested = ofTests.length - knownTested
  const covered = report.findings.filter(isKnown)
  const isEnded = report.timeoutMs !== undefined
  const holdingIds = new Set(
    covered.filter(({ holdsProcess }) => isEnded && holdsProcess).map((finding) => bugOf(report, finding).id),
  )
  const holding = known.filter(({ id }) => holdingIds.has(id)).map(named)
  const result: BaselineResult = {
    file,
    known: covered.length + knownTested,
    ...(newTested === 0 ? {} : { tested: newTested }),
    ...(holding.length === 0 ? {} : { holding }),
    gone: known.filter(({ id }) => !found.has(id)).map(named),
  }
  const rest = withoutKnown(report, isKnown, result)
  return {
    ...rest,
    findings: rest.findings.map((finding) => {
      const count = byId.get(bugOf(report, finding).id)?.count
      return count === undefined ? finding : { ...finding, knownCount: count }
    }),
  }
}

function named({ id, kind, name, place }: KnownLeak): BaselineLeak {
  return { id, kind, name, place }
}

/** What is known from now on: the leaks of `report`, and of test suites. A count that was taken out by hand stays out. */
export function knownLeaks(
  report: Report,
  before: readonly KnownLeak[],
  file: string,
  tested: readonly KnownLeak[],
): KnownLeak[] {
  const uncounted = new Set(before.filter(({ count }) => count === undefined).map(({ id }) => id))
  return mergedLeaks([...leaksIn(report, file), ...tested], Math.max)
    .map(({ count, ...leak }) => (uncounted.has(leak.id) || count === undefined ? leak : { ...leak, count }))
    .sort((a, b) => sortKey(a).localeCompare(sortKey(b), 'en'))
}

/** Before the run: afterwards its leaks would be lost. @throws Misuse */
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

/** Whole or not at all. @throws Misuse */
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

function unwritable(file: string, error: unknown): Misuse {
  return new Misuse(
    'LEAKWATCH_BASELINE_UNWRITABLE',
    `expected \`${file}\` to be a place that can be written; got ${(error as NodeJS.ErrnoException).code}`,
  )
}

function sortKey({ place, kind, name, id }: KnownLeak): string {
  return [place ?? '', kind, name, id].join('\0')
}
