/** The reports of many processes in, one report out. */

import type {
  BaselineResult,
  Engine,
  Finding,
  Handle,
  Process,
  ProcessKey,
  Report,
  Shutdown,
  TreeProcess,
} from '../schema/report.ts'
import { mergeFindings, sum } from './merge-findings.ts'

export interface TreeMember {
  process: TreeProcess
  /** `null`: the process had nothing to report, or no time. */
  report: Report | null
}

export interface Tree {
  at: string
  version: string
  /** The command, as somebody would type it. */
  command: string
  /** The process of the command itself. */
  process: Process
  /** In the order in which they began. */
  members: readonly TreeMember[]
  leftRunning: readonly { pid: number; command: string }[]
  /** What went wrong while records were received. */
  faults: readonly string[]
  /** The time after which `--timeout` ended the command. */
  timeoutMs?: number
}

const handlesLimit = 10_000

export function mergeReports(tree: Tree): Report {
  const reports = tree.members.flatMap((member, index) =>
    withProcessIds(member, suffixOf(tree.members, index)),
  )
  const held = reports.flatMap(({ findings }) => findings.flatMap(({ handles }) => handles))
  const handles = heldFirst(
    reports.flatMap((report) => report.handles),
    new Set(held),
  )
  const findings = mergeFindings(reports.flatMap((report) => report.findings))
  const all = tree.members.flatMap(({ report }) => report ?? [])
  return {
    schema: 'leakwatch/1',
    trigger: tree.timeoutMs === undefined ? 'exit' : 'stall',
    at: tree.at,
    process: tree.process,
    summary: { ...counts(findings), ...totals(all) },
    findings,
    engines: reports.flatMap((report) => report.engines),
    handles: handles.slice(0, handlesLimit),
    shutdown: shutdownOf(reports, tree.process.pid),
    self: {
      version: tree.version,
      stacks: {
        captured: sum(all, ({ self }) => self.stacks.captured),
        skipped: sum(all, ({ self }) => self.stacks.skipped),
        budgetPercent: all[0]?.self.stacks.budgetPercent ?? null,
        spentPercent: Math.max(0, ...all.map(({ self }) => self.stacks.spentPercent)),
      },
      handlesOmitted:
        sum(all, ({ self }) => self.handlesOmitted) + Math.max(0, handles.length - handlesLimit),
      faults: [...tree.faults, ...distinct(all.flatMap(({ self }) => self.faults))],
      notCovered: distinct(all.flatMap(({ self }) => self.notCovered)),
    },
    ...whyOf(all),
    processes: tree.members.map(({ process }) => process),
    command: tree.command,
    ...(tree.timeoutMs === undefined ? {} : { timeoutMs: tree.timeoutMs }),
    ...(tree.leftRunning.length === 0 ? {} : { leftRunning: [...tree.leftRunning] }),
  }
}

/** How many findings there are of each severity. */
export function counts(findings: readonly Finding[]): { leaks: number; warnings: number } {
  const leaks = findings.filter(({ severity }) => severity === 'leak').length
  return { leaks, warnings: findings.length - leaks }
}

/** The report without the findings that the baseline covers. */
export function withoutKnown(
  report: Report,
  isKnown: (finding: Finding) => boolean,
  baseline: BaselineResult,
): Report {
  const findings = report.findings.filter((finding) => !isKnown(finding))
  return { ...report, findings, summary: { ...report.summary, ...counts(findings) }, baseline }
}

/** Makes ids of engines and handles unique: `e1` of process 4711 becomes `e1@4711`, and `e1@4711.2` in its thread 2. */
function withProcessIds({ process, report }: TreeMember, suffix: string): Report[] {
  if (report === null) return []
  const key: ProcessKey = { pid: process.pid, threadId: process.threadId }
  const id = (own: string): string => `${own}@${suffix}`
  const idOrNull = (own: string | null): string | null => (own === null ? null : id(own))
  return [
    {
      ...report,
      findings: report.findings.map((finding) => ({
        ...finding,
        engine: idOrNull(finding.engine),
        handles: finding.handles.map(id),
        ...(finding.leases === undefined ? {} : { leases: finding.leases.map(id) }),
        process: key,
      })),
      engines: report.engines.map(
        (engine): Engine => ({ ...engine, id: id(engine.id), parent: idOrNull(engine.parent), process: key }),
      ),
      handles: report.handles.map(
        (handle): Handle => ({ ...handle, id: id(handle.id), engine: idOrNull(handle.engine), process: key }),
      ),
      shutdown: report.shutdown && withIds(report.shutdown, id),
    },
  ]
}

function withIds(shutdown: Shutdown, id: (own: string) => string): Shutdown {
  const { order, openAtEnd } = shutdown
  return {
    ...shutdown,
    order: order.map((stop) => ({
      ...stop,
      engine: id(stop.engine),
      alongside: stop.alongside.map(id),
      stoppedBeforeChildren: stop.stoppedBeforeChildren.map(id),
    })),
    openAtEnd: { engines: openAtEnd.engines.map(id), handles: openAtEnd.handles.map(id) },
  }
}

/** In a long run a pid may be used again. */
function suffixOf(members: readonly TreeMember[], index: number): string {
  const { pid, threadId } = (members[index] as TreeMember).process
  const isSame = ({ process }: TreeMember) => process.pid === pid && process.threadId === threadId
  const before = members.slice(0, index).filter(isSame).length
  return `${pid}${threadId === 0 ? '' : `.${threadId}`}${before === 0 ? '' : `~${before + 1}`}`
}

function heldFirst(handles: readonly Handle[], held: ReadonlySet<string>): Handle[] {
  return [...handles.filter(({ id }) => held.has(id)), ...handles.filter(({ id }) => !held.has(id))]
}

function totals(all: readonly Report[]): Pick<Report['summary'], 'engines' | 'handles'> {
  return {
    engines: {
      started: sum(all, ({ summary }) => summary.engines.started),
      stopped: sum(all, ({ summary }) => summary.engines.stopped),
      running: sum(all, ({ summary }) => summary.engines.running),
      failed: sum(all, ({ summary }) => summary.engines.failed),
    },
    handles: {
      live: sum(all, ({ summary }) => summary.handles.live),
      referenced: sum(all, ({ summary }) => summary.handles.referenced),
    },
  }
}

/** The shutdown of the command's own process, else the only one. */
function shutdownOf(reports: readonly Report[], pid: number): Report['shutdown'] {
  const all = reports.filter(({ shutdown }) => shutdown !== null)
  const own = all.find(({ process }) => process.pid === pid && process.isMainThread)
  return (own ?? (all.length === 1 ? all[0] : undefined))?.shutdown ?? null
}

function whyOf(all: readonly Report[]): Pick<Report, 'why'> {
  const why = all.flatMap((report) => report.why ?? [])
  return why.length === 0 ? {} : { why }
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)]
}
