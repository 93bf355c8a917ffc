/** One line a finding and one summary line, as pino writes them. */
import { createRequire } from 'node:module'
import { escapeJson } from './escape.ts'
import { headline } from './headline.ts'
import type { Engine, Finding, Handle, Report } from './report.ts'

type Pino = typeof import('pino').default

/** Loaded when first needed: most processes report nothing, or something else. */
let pino: Pino | null = null

function loadPino(): Pino {
  pino ??= createRequire(import.meta.url)('pino') as Pino
  return pino
}

/** `timestamp` is the report's, so that the same report gives the same lines. */
export function formatNdjson(report: Report): string {
  const lines: string[] = []
  const logger = loadPino()(
    {
      level: 'info',
      base: { service: report.process.service },
      timestamp: () => `,"timestamp":${JSON.stringify(report.at)}`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => lines.push(line) },
  )
  const engines = new Map(report.engines.map((engine) => [engine.id, engine]))
  const handles = new Map(report.handles.map((handle) => [handle.id, handle]))
  for (const finding of report.findings) {
    const fields = findingFields(report, finding, engines, handles)
    if (finding.severity === 'leak') logger.error(fields)
    else logger.warn(fields)
  }
  logger.info(summaryFields(report))
  return escapeJson(lines.join(''))
}

/** An engine of a later schema or a merged report may carry more; `traceId` is there where a span was active. */
type Traced = Engine & { traceId?: string | null }

function findingFields(
  report: Report,
  finding: Finding,
  engines: ReadonlyMap<string, Traced>,
  handles: ReadonlyMap<string, Handle>,
): object {
  const { message, ...rest } = finding
  const engine = finding.engine === null ? undefined : engines.get(finding.engine)
  const subject = engine ?? handles.get(finding.handles[0] ?? '')
  return {
    event: 'leakwatch.finding',
    message,
    pid: report.process.pid,
    ...(engine?.traceId ? { trace_id: engine.traceId } : {}),
    ...rest,
    name: subject?.name ?? null,
    site: subject?.site ?? null,
  }
}

function summaryFields(report: Report): object {
  const { process, trigger, summary, self } = report
  return {
    event: 'leakwatch.summary',
    message: headline(report),
    pid: process.pid,
    threadId: process.threadId,
    trigger,
    main: process.main,
    exitCode: process.exitCode,
    signal: process.signal,
    uptimeMs: process.uptimeMs,
    ...summary,
    self,
  }
}
