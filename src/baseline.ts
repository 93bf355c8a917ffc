/** The file of leaks that a code base is known to have: these do not fail, new ones do. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fingerprint } from './judge/fingerprint.ts'
import type { Finding, Report, Site } from './report/report.ts'
import type { Settings } from './settings.ts'

export interface KnownLeak {
  id: string
  kind: string
  name: string
  /** `src/order.ts:41`, relative to the file; for people: `id` alone counts. */
  place: string | null
  /** In any one process at most, in a test suite in any one judgement. More of it are a leak anew. Left out by hand: any number. */
  count?: number
}

export interface BaselineFile {
  schema: 'leakwatch-baseline/1'
  leaks: KnownLeak[]
}

/** The file is there, and is no baseline. The message is one line, without its code. */
export class BaselineFault extends Error {
  readonly code = 'LEAKWATCH_BASELINE_INVALID'
}

const baselineName = 'leakwatch.baseline.json'
export const baselineSchema = 'leakwatch-baseline/1'

/** As set, else beside the config file, else in the working directory. */
export function baselinePath({ baseline, configFile }: Pick<Settings, 'baseline' | 'configFile'>): string {
  return baseline ?? join(configFile === null ? process.cwd() : dirname(configFile), baselineName)
}

/**
 * `null`: there is no such file.
 * @throws BaselineFault
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
  throw new BaselineFault(
    `expected \`${file}\` to be a baseline with schema \`${baselineSchema}\`, as \`leakwatch run --update-baseline\` writes it; got ${got}`,
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

/** The leaks of `report`, as the baseline `file` has them. */
export function leaksIn(report: Report, file: string): KnownLeak[] {
  const leaks = report.findings
    .filter(({ severity }) => severity === 'leak')
    .map((finding): KnownLeak => {
      const { id, kind } = bugOf(report, finding)
      const subject = subjectOf(report, finding)
      const place = placeText(subject?.site ?? null, file)
      return { id, kind, name: subject?.name ?? kind, place, count: mostInOne(finding) }
    })
  return mergedLeaks(leaks, (count, other) => count + other)
}

/**
 * What a finding is for a baseline: whether V8 has collected an engine by the time of a report is chance, so that one `abandoned` is
 * one `never-stopped`.
 */
export function bugOf(report: Report, { id, kind, engine: engineId }: Finding): { id: string; kind: string } {
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

/** Each once, with what `total` makes of its counts. */
export function mergedLeaks(
  leaks: readonly KnownLeak[],
  total: (count: number, other: number) => number,
): KnownLeak[] {
  const byId = new Map<string, KnownLeak>()
  for (const leak of leaks) {
    const { count } = byId.get(leak.id) ?? {}
    byId.set(leak.id, count === undefined ? leak : { ...leak, count: total(count, leak.count ?? 1) })
  }
  return [...byId.values()]
}

/** Whether `known` has `count` of it. */
export function isCovered(known: KnownLeak | undefined, count: number): boolean {
  return known !== undefined && (known.count === undefined || count <= known.count)
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
