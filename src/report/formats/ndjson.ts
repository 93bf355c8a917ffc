/** One line for each finding and one for the summary, as pino writes them. A check has a line for each finding that is new or over. */
import type { Steps } from '../../core/time/steps.ts'
import type { Finding, Report, Resolved, Seen } from '../schema/report.ts'
import { escapeJson } from '../words/escape.ts'
import { listedHandles, type PartsById, partsById, subjectOf } from '../words/finding-rows.ts'
import { headline } from '../words/headline.ts'
import { heldHandlesText } from '../words/held-handles.ts'
import { treeHeadline } from '../words/tree-text.ts'
import type { Format } from './format.ts'

export const format: Format = {
  isDocument: false,
  *rendering([report]) {
    return report === undefined ? '' : yield* formattingNdjson(report)
  },
}

type Level = 'error' | 'warn' | 'info'
type Log = (level: Level, fields: object) => void

/** The same as `formatNdjson`, in steps. Loading pino is the longest step. */
export function* formattingNdjson(report: Report): Steps<string> {
  logger(report, report.process.service, () => {})
  yield
  return formatNdjson(report)
}

/** `timestamp` is that of the report: the same report always gives the same lines. */
export function formatNdjson(report: Report): string {
  const lines: string[] = []
  const log = loggers(report, (line) => lines.push(line))
  const parts = partsById(report)
  for (const finding of report.findings) {
    const level = finding.severity === 'leak' ? 'error' : 'warn'
    log(finding)(level, findingFields(report, finding, parts))
  }
  for (const resolved of report.resolved ?? []) log()('info', resolvedFields(report, resolved))
  if (report.trigger !== 'check') log()('info', summaryFields(report))
  return escapeJson(lines.join(''))
}

/** The summary alone, for what calls for nobody now: `running` says what there was. */
export function formatWarningLine(report: Report): string {
  const lines: string[] = []
  const parts = partsById(report)
  const running = report.findings.map((finding) => {
    const { name, site } = subjectOf(finding, parts)
    return { id: finding.id, kind: finding.kind, name, site, count: finding.count }
  })
  loggers(report, (line) => lines.push(line))()('warn', { ...summaryFields(report), running })
  return escapeJson(lines.join(''))
}

/** Each process of a tree has a service of its own. */
function loggers(report: Report, write: (line: string) => void): (finding?: Finding) => Log {
  const known = new Map<string, Log>()
  return (finding) => {
    const key = finding?.process
    const of = report.processes?.find(({ pid, threadId }) => pid === key?.pid && threadId === key.threadId)
    const { service } = finding?.seen?.process ?? of ?? report.process
    const log = known.get(service) ?? logger(report, service, write)
    known.set(service, log)
    return log
  }
}

/** A process that ends waits for no pino: its restart waits for it, and for a few lines pino writes what JSON does. */
function logger({ at, trigger }: Report, service: string, write: (line: string) => void): Log {
  const plain: Log = (level, fields) =>
    write(`${JSON.stringify({ level, timestamp: at, service, ...fields })}\n`)
  if (trigger === 'exit') return plain
  try {
    return pinoLogger(at, service, write)
  } catch {
    // pino assigns `Error.prepareStackTrace`, which throws if the intrinsics are frozen (Node 20). Or pino was deleted.
    return plain
  }
}

/** Loads pino when it is first needed, in some 15 ms: most processes report nothing while they run, or in another format. */
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
    // pino leaves `undefined` behind if the program had set nothing.
    if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
  }
}

function resolvedFields({ process }: Report, { message, ...rest }: Resolved): object {
  return { event: 'leakwatch.resolved', message, pid: process.pid, ...rest }
}

function findingFields(report: Report, finding: Finding, parts: PartsById): object {
  const { message, seen, ...rest } = finding
  const { name, site, engine } = subjectOf(finding, parts)
  const held = listedHandles(finding, parts)
  return {
    event: 'leakwatch.finding',
    message,
    pid: (finding.seen?.process ?? finding.process ?? report.process).pid,
    ...(engine?.traceId === undefined ? {} : { trace_id: engine.traceId }),
    ...rest,
    ...(seen === undefined ? {} : { seen: withoutCurve(seen) }),
    name,
    site,
    ...(held.length > 0 ? { holds: heldHandlesText(held) } : {}),
  }
}

/** A log has its own. */
function withoutCurve({ most: _, ...seen }: Seen): object {
  return seen
}

/** What a merged report has in addition. */
function treeFields({ command, timeoutMs, processes, leftRunning, baseline }: Report): object {
  if (processes === undefined) return {}
  const unreported = processes.filter(({ state }) => state === 'unreported')
  return {
    command,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    processes: processes.length,
    unreported: unreported.map(({ pid, command, signal }) => ({ pid, command, signal })),
    leftRunning: leftRunning ?? [],
    ...(baseline === undefined ? {} : { baseline }),
  }
}

function summaryFields(report: Report): object {
  const { process, trigger, summary, self } = report
  return {
    event: 'leakwatch.summary',
    message: report.processes === undefined ? headline(report) : treeHeadline(report),
    pid: process.pid,
    threadId: process.threadId,
    trigger,
    main: process.main,
    exitCode: process.exitCode,
    signal: process.signal,
    uptimeMs: process.uptimeMs,
    ...summary,
    ...(report.gathered === undefined ? {} : { gathered: report.gathered }),
    ...treeFields(report),
    self,
  }
}
