/** One line a finding and one summary line, as pino writes them; of a check, one line for what appeared and what is over. */
import type { Steps } from '../core/steps.ts'
import { escapeJson } from './escape.ts'
import { partsById } from './finding-rows.ts'
import { headline } from './headline.ts'
import type { Engine, Finding, Handle, Report, Resolved } from './report.ts'

type Level = 'error' | 'warn' | 'info'
type Log = (level: Level, fields: object) => void

/** The same as `formatNdjson` in steps: loading pino is the longest of them. */
export function* formattingNdjson(report: Report): Steps<string> {
  logger(report, () => {})
  yield
  return formatNdjson(report)
}

/** `timestamp` is the report's, so that the same report gives the same lines. */
export function formatNdjson(report: Report): string {
  const lines: string[] = []
  const log = logger(report, (line) => lines.push(line))
  const { engines, handles } = partsById(report)
  for (const finding of report.findings) {
    log(finding.severity === 'leak' ? 'error' : 'warn', findingFields(report, finding, engines, handles))
  }
  for (const resolved of report.resolved ?? []) log('info', resolvedFields(report, resolved))
  if (report.trigger !== 'check') log('info', summaryFields(report))
  return escapeJson(lines.join(''))
}

function logger(report: Report, write: (line: string) => void): Log {
  const { at: timestamp, process } = report
  try {
    return pinoLogger(timestamp, process.service, write)
  } catch {
    // pino assigns `Error.prepareStackTrace`, which throws where the intrinsics are frozen (Node 20), or was deleted.
    return (level, fields) =>
      write(`${JSON.stringify({ level, timestamp, service: process.service, ...fields })}\n`)
  }
}

/** pino is loaded when first needed (some 15 ms): most processes report nothing, or in another format. */
function loadPino(): typeof import('pino').default {
  return require('pino') as typeof import('pino').default
}

function pinoLogger(timestamp: string, service: string, write: (line: string) => void): Log {
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  try {
    const pino = loadPino()
    const logger = pino(
      {
        level: 'info',
        base: { service },
        timestamp: () => `,"timestamp":${JSON.stringify(timestamp)}`,
        formatters: { level: (level) => ({ level }) },
      },
      { write },
    )
    return (level, fields) => logger[level](fields)
  } finally {
    // pino leaves an `undefined` of its own where the program had none.
    if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
  }
}

function resolvedFields({ process }: Report, { id, kind, name, site, foundAt, message }: Resolved): object {
  return {
    event: 'leakwatch.resolved',
    message,
    pid: process.pid,
    id,
    kind,
    name,
    site,
    foundAt,
  }
}

function findingFields(
  report: Report,
  finding: Finding,
  engines: ReadonlyMap<string, Engine>,
  handles: ReadonlyMap<string, Handle>,
): object {
  const { message, ...rest } = finding
  const engine = finding.engine === null ? undefined : engines.get(finding.engine)
  const subject = engine ?? handles.get(finding.handles[0] ?? '')
  return {
    event: 'leakwatch.finding',
    message,
    pid: report.process.pid,
    ...(engine?.traceId === undefined ? {} : { trace_id: engine.traceId }),
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
