/** Reports with so many engines of each name, as two dumps of a process have them. */
import type { Engine, Process, Report } from '../../../src/report/schema/report.ts'
import { sampleEngine, sampleReport } from '../sample.ts'

const minute = 60_000
const begin = Date.parse('2026-01-02T03:00:00.000Z')

interface Dump {
  engines: Record<string, number>
  /** Minutes after the process began. */
  at?: number
  process?: Partial<Process>
  parts?: Partial<Report>
}

/** A report of so many engines by name. */
export function dump({ engines, at = 10, process = {}, parts = {} }: Dump): Report {
  const all = Object.entries(engines).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, index): Engine => sampleEngine({ id: `${name}${index}`, name })),
  )
  return sampleReport({
    trigger: 'signal',
    at: new Date(begin + at * minute).toISOString(),
    process: { ...sampleReport().process, uptimeMs: at * minute, ...process },
    findings: [],
    engines: all,
    handles: [],
    ...parts,
  })
}
