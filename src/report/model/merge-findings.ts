/** Merges the findings of many processes: each bug comes once, for the process that has most of it. */
import type { Finding, ProcessKey } from '../schema/report.ts'

/** Leaks come first, then the findings that hold most. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const byId = new Map<string, Finding[]>()
  for (const finding of findings) {
    const same = byId.get(finding.id)
    if (same === undefined) byId.set(finding.id, [finding])
    else same.push(finding)
  }
  return [...byId.values()].map(merged).sort(byWeight)
}

function byWeight(a: Finding, b: Finding): number {
  const rank = ({ severity }: Finding) => (severity === 'leak' ? 0 : 1)
  return rank(a) - rank(b) || b.handles.length - a.handles.length
}

function merged(same: readonly Finding[]): Finding {
  const [first, ...others] = [...same].sort(byWeight) as [Finding, ...Finding[]]
  if (others.length === 0) return first
  const all = [first, ...others]
  return {
    ...first,
    message: `${first.message}; the same in ${others.length} more ${whereElse(first, others)}`,
    handles: all.flatMap(({ handles }) => handles),
    count: sum(all, ({ count }) => count),
    holdsProcess: all.some(({ holdsProcess }) => holdsProcess),
    siblings: siblingsOf(all),
    processes: all.map(({ process, count }) => ({ ...(process as ProcessKey), count })),
  }
}

function whereElse(first: Finding, others: readonly Finding[]): string {
  const isThread = others.every(({ process }) => process?.pid === first.process?.pid)
  const word = isThread ? 'thread' : 'process'
  return others.length === 1 ? word : isThread ? 'threads' : 'processes'
}

function siblingsOf(findings: readonly Finding[]): Finding['siblings'] {
  const all = findings.flatMap(({ siblings }) => siblings ?? [])
  if (all.length === 0) return null
  const places = new Map(
    all
      .flatMap(({ stoppedAt }) => stoppedAt)
      .map((site) => [`${site.file}:${site.line}:${site.column}`, site]),
  )
  return {
    started: sum(all, ({ started }) => started),
    stopped: sum(all, ({ stopped }) => stopped),
    stoppedAt: [...places.values()],
  }
}

export function sum<T>(all: readonly T[], value: (each: T) => number): number {
  return all.reduce((total, each) => total + value(each), 0)
}
