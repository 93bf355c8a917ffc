/** One line a finding and one summary line, as pino writes them; of a check, one line for what appeared and what is over. */
import type { Steps } from '../core/steps.ts'
import { escapeJson } from './escape.ts'
import { blamed, listedHandles, type PartsById, partsById } from './finding-rows.ts'
import { headline } from './headline.ts'
import { holdings } from './holdings.ts'
import type { Finding, ProcessKey, Report, Resolved } from './report.ts'
import { treeHeadline } from './tree-text.ts'

type Level = 'error' | 'warn' | 'info'
type Log = (level: Level, fields: object) => void

/** The same as `formatNdjson` in steps: loading pino is the longest of them. */
export function* formattingNdjson(report: Report): Steps<string> {
  logger(report.at, report.process.service, () => {})
  yield
  return formatNdjson(report)
}

/** `timestamp` is the report's, so that the same report gives the same lines. */
export function formatNdjson(report: Report): string {
  const lines: string[] = []
  const log = loggers(report, (line) => lines.push(line))
  const parts = partsById(report)
  for (const finding of report.findings) {
    const level = finding.severity === 'leak' ? 'error' : 'warn'
    log(finding.process)(level, findingFields(report, finding, parts))
  }
  for (const resolved of report.resolved ?? []) log()('info', resolvedFields(report, resolved))
  if (report.trigger !== 'check') log()('info', summaryFields(report))
  return escapeJson(lines.join(''))
}

/** Each process of a tree is a service of its own. */
function loggers(report: Report, write: (line: string) => void): (key?: ProcessKey) => Log {
  const known = new Map<string, Log>()
  return (key) => {
    const of = report.processes?.find(({ pid, threadId }) => pid === key?.pid && threadId === key.threadId)
    const { service } = of ?? report.process
    const log = known.get(service) ?? logger(report.at, service, write)
    known.set(service, log)
    return log
  }
}

function logger(timestamp: string, service: string, write: (line: string) => void): Log {
  try {
    return pinoLogger(timestamp, service, write)
  } catch {
    // pino assigns `Error.prepareStackTrace`, which throws where the intrinsics are frozen (Node 20), or was deleted.
    return (level, fields) => write(`${JSON.stringify({ level, timestamp, service, ...fields })}\n`)
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

function resolvedFields({ process }: Report, { message, ...rest }: Resolved): object {
  return { event: 'leakwatch.resolved', message, pid: process.pid, ...rest }
}

function findingFields(report: Report, finding: Finding, parts: PartsById): object {
  const { message, ...rest } = finding
  const { name, site, engine } = blamed(finding, parts)
  const held = listedHandles(finding, parts)
  return {
    event: 'leakwatch.finding',
    message,
    pid: (finding.process ?? report.process).pid,
    ...(engine?.traceId === undefined ? {} : { trace_id: engine.traceId }),
    ...rest,
    name,
    site,
    ...(held.length > 0 ? { holds: holdings(held) } : {}),
  }
}

/** What a merged report has beside one of a process. */
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
    ...treeFields(report),
    self,
  }
}
