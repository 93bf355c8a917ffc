/** The baseline: the file of the leaks that a code base is known to have. These fail nothing; new ones do. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import { fingerprint } from '../../judge/fingerprint.ts'
import type { Finding, Report, Site } from '../../report/schema/report.ts'
import type { Settings } from '../../settings/settings.ts'

export interface KnownLeak {
  id: string
  kind: string
  name: string
  /** `src/order.ts:41`, relative to the baseline. It is for people: only `id` counts. */
  place: string | null
  /** The most of it in one process, or in one judgement of a test suite. More than that is a new leak. Somebody may remove it: then any number is known. */
  count?: number
}

export interface BaselineFile {
  schema: 'leakwatch-baseline/1'
  leaks: KnownLeak[]
}

const baselineName = 'leakwatch.baseline.json'
export const baselineSchema = 'leakwatch-baseline/1'

/** The setting; else the file beside the config file; else the one in the working directory. */
export function baselinePath({ baseline, configFile }: Pick<Settings, 'baseline' | 'configFile'>): string {
  return baseline ?? join(configFile === null ? process.cwd() : dirname(configFile), baselineName)
}

/**
 * `null`: there is no such file.
 * @throws CodedError where the file is no baseline.
 */
export function readBaseline(file: string): KnownLeak[] | null {
  if (!existsSync(file)) return null
  let got: string
  try {
    // Some editors begin a file with a byte order mark.
    const read: Partial<BaselineFile> | null = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''))
    const { schema: found, leaks } = read ?? {}
    const faulty = Array.isArray(leaks) ? leaks.find((leak) => !isKnownLeak(leak)) : undefined
    if (found === baselineSchema && Array.isArray(leaks) && faulty === undefined) return leaks
    if (found !== baselineSchema) got = `schema \`${found}\``
    else got = faulty === undefined ? 'no list of `leaks`' : `the leak \`${JSON.stringify(faulty)}\``
  } catch (error) {
    got = (error as Error).message.replace(/\s+/g, ' ')
  }
  throw new CodedError(errors.LEAKWATCH_BASELINE_INVALID.file(file, baselineSchema, got))
}

function isKnownLeak(leak: KnownLeak): boolean {
  const { id, kind, name, place, count } = leak ?? {}
  return (
    [id, kind, name].every((each) => typeof each === 'string') &&
    (place === null || typeof place === 'string') &&
    (count === undefined || (Number.isInteger(count) && count > 0))
  )
}

/** The leaks of `report`, as the baseline `file` has them. */
export function leaksIn(report: Report, file: string): KnownLeak[] {
  const leaks = report.findings
    .filter(({ severity }) => severity === 'leak')
    .map((finding): KnownLeak => {
      const { id, kind } = baselineIdentity(report, finding)
      const subject = subjectOf(report, finding)
      const place = placeText(subject?.site ?? null, file)
      return { id, kind, name: subject?.name ?? kind, place, count: mostInOneProcess(finding) }
    })
  return mergedLeaks(leaks, (count, other) => count + other)
}

/**
 * How a baseline names a finding. It is chance whether V8 has collected an engine by the time of a report: an `abandoned` engine
 * has the id of one that was `never-stopped`.
 */
export function baselineIdentity(
  report: Report,
  { id, kind, engine: engineId }: Finding,
): { id: string; kind: string } {
  const engine = kind === 'abandoned' ? report.engines.find((each) => each.id === engineId) : undefined
  if (engine === undefined) return { id, kind }
  const { name, site, started, created } = engine
  const callers = (started ?? created)?.frames.map((frame) => frame.function) ?? []
  for (const caller of new Set([...callers, null])) {
    const parts = { name, file: site?.file ?? null, function: caller }
    if (fingerprint({ kind, ...parts }) === id)
      return { id: fingerprint({ kind: 'never-stopped', ...parts }), kind: 'never-stopped' }
  }
  return { id, kind }
}

/** Each leak once. `combine` makes one count of two. */
export function mergedLeaks(
  leaks: readonly KnownLeak[],
  combine: (count: number, other: number) => number,
): KnownLeak[] {
  const byId = new Map<string, KnownLeak>()
  for (const leak of leaks) {
    const { count } = byId.get(leak.id) ?? {}
    byId.set(leak.id, count === undefined ? leak : { ...leak, count: combine(count, leak.count ?? 1) })
  }
  return [...byId.values()]
}

/** Whether the baseline allows `count` of it. */
export function isCovered(known: KnownLeak | undefined, count: number): boolean {
  return known !== undefined && (known.count === undefined || count <= known.count)
}

/** Counted in one process, as the number of processes differs from machine to machine. */
function mostInOneProcess({ count, processes = [] }: Finding): number {
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
