/** The file of leaks that a code base is known to have: these do not fail, new ones do. */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { withoutKnown } from '../../report/merge.ts'
import type { BaselineResult, Finding, Report, Site } from '../../report/report.ts'
import { Misuse } from '../misuse.ts'

export interface KnownLeak {
  id: string
  kind: string
  name: string
  /** `src/order.ts:41`, relative to the file; for people: `id` alone counts. */
  place: string | null
  /** In any one process at most. More of it are a leak anew. Left out by hand: any number. */
  count?: number
}

interface BaselineFile {
  schema: 'leakwatch-baseline/1'
  leaks: KnownLeak[]
}

export const baselineName = 'leakwatch.baseline.json'
const schema = 'leakwatch-baseline/1'

/**
 * `null`: there is no such file.
 * @throws Misuse where it is no baseline.
 */
export function readBaseline(file: string): KnownLeak[] | null {
  if (!existsSync(file)) return null
  let got: string
  try {
    // Some editors begin a file with a byte order mark.
    const read: Partial<BaselineFile> | null = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''))
    const { schema: found, leaks } = read ?? {}
    const faulty = Array.isArray(leaks) ? leaks.find((leak) => !isKnownLeak(leak)) : undefined
    if (found === schema && Array.isArray(leaks) && faulty === undefined) return leaks
    if (found !== schema) got = `schema \`${found}\``
    else got = faulty === undefined ? 'no list of `leaks`' : `the leak \`${JSON.stringify(faulty)}\``
  } catch (error) {
    got = (error as Error).message
  }
  throw new Misuse(
    'LEAKWATCH_BASELINE_INVALID',
    `expected \`${file}\` to be a baseline with schema \`${schema}\`, as \`leakwatch run --update-baseline\` writes it; got ${got}`,
  )
}

function isKnownLeak(leak: KnownLeak): boolean {
  const { id, kind, name, place, count } = leak ?? {}
  return (
    [id, kind, name].every((each) => typeof each === 'string') &&
    (place === null || typeof place === 'string') &&
    (count === undefined || (Number.isInteger(count) && count > 0))
  )
}

/** The report without the leaks that are known. One that there is more of stays, with what was known of it. */
export function applyBaseline(report: Report, known: readonly KnownLeak[], file: string): Report {
  const byId = new Map(known.map((leak) => [leak.id, leak]))
  const found = new Set(report.findings.map(({ id }) => id))
  const isKnown = (finding: Finding): boolean => {
    const leak = byId.get(finding.id)
    return leak !== undefined && (leak.count === undefined || mostInOne(finding) <= leak.count)
  }
  const result: BaselineResult = {
    file,
    known: report.findings.filter(isKnown).length,
    gone: known
      .filter(({ id }) => !found.has(id))
      .map(({ id, kind, name, place }) => ({ id, kind, name, place })),
  }
  const rest = withoutKnown(report, isKnown, result)
  return {
    ...rest,
    findings: rest.findings.map((finding) => {
      const count = byId.get(finding.id)?.count
      return count === undefined ? finding : { ...finding, knownCount: count }
    }),
  }
}

/** What is known from now on: the leaks of `report`. A count that was taken out by hand stays out. */
export function knownLeaks(report: Report, before: readonly KnownLeak[], file: string): KnownLeak[] {
  const uncounted = new Set(before.filter(({ count }) => count === undefined).map(({ id }) => id))
  return report.findings
    .filter(({ severity }) => severity === 'leak')
    .map((finding): KnownLeak => {
      const { id, kind } = finding
      const subject = subjectOf(report, finding)
      const leak = { id, kind, name: subject?.name ?? kind, place: placeText(subject?.site ?? null, file) }
      return uncounted.has(id) ? leak : { ...leak, count: mostInOne(finding) }
    })
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
  try {
    writeFileSync(draft, `${JSON.stringify({ schema, leaks } satisfies BaselineFile, null, 2)}\n`, {
      flag: 'wx',
    })
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

/** How many processes there are differs from machine to machine. */
function mostInOne({ count, processes = [] }: Finding): number {
  return processes.length === 0 ? count : Math.max(...processes.map((each) => each.count))
}

function subjectOf(
  { engines, handles }: Report,
  finding: Finding,
): { name: string; site: Site | null } | undefined {
  return finding.engine === null
    ? handles.find(({ id }) => id === finding.handles[0])
    : engines.find(({ id }) => id === finding.engine)
}

function placeText(site: Site | null, file: string): string | null {
  return site === null ? null : `${relative(dirname(file), site.file).split(sep).join('/')}:${site.line}`
}

function sortKey({ place, kind, name, id }: KnownLeak): string {
  return [place ?? '', kind, name, id].join('\0')
}

/** Beside the config file, else in the working directory; `named`: as set. */
export function baselinePath(named: string | null, config: string | null): string {
  return named ?? join(config === null ? process.cwd() : dirname(config), baselineName)
}
