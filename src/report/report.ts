/**
 * The report, schema `leakwatch/1`: what every format prints and every reader parses.
 * Plain data: it survives `JSON.parse(JSON.stringify(report))`.
 */
import type { Severity, Trigger, Verdict } from '../judge/verdict.ts'

export type { Severity, Trigger, Verdict } from '../judge/verdict.ts'

/** Facts about an engine or a handle: address, path, pid, delay... Secrets are cut before they get here. */
export type Detail = Record<string, string | number | boolean>

/** A place in the program. `file` is absolute, mapped back through source maps; line and column count from 1. */
export interface Site {
  file: string
  line: number
  column: number
}

export interface Frame {
  function: string | null
  file: string | null
  line: number | null
  column: number | null
  /** The source line, trimmed and redacted; `null` where it cannot be read. */
  code: string | null
  /** Node's own code. */
  internal: boolean
  /** Code under `node_modules`. */
  dependency: boolean
}

export interface Stack {
  frames: Frame[]
}

export interface Process {
  pid: number
  ppid: number
  threadId: number
  isMainThread: boolean
  node: string
  service: string
  main: string | null
  cwd: string
  hostname: string
  startedAt: string
  uptimeMs: number
  exitCode: number | null
  signal: string | null
}

/** A process or thread of the tree that `leakwatch run` watched. */
export interface TreeProcess extends Process {
  /** As somebody would type it; secrets are cut. */
  command: string
  /** `unreported`: it ended without a word. `running`: it was left behind. */
  state: 'ended' | 'unreported' | 'running'
}

/** Which process or thread something belongs to. */
export interface ProcessKey {
  pid: number
  threadId: number
}

/** A leak as the baseline names it. `place`: `src/order.ts:41`. */
export interface BaselineLeak {
  id: string
  kind: string
  name: string
  place: string | null
}

/** What became of the leaks that the baseline knows. */
export interface BaselineResult {
  file: string
  /** How many findings it covers: they are in no list of the report. */
  known: number
  /** How many leaks that nobody knew test suites have told of themselves; absent: none. */
  tested?: number
  /** Those of the known that kept their process from ending, where the run had to be ended; absent: none. */
  holding?: BaselineLeak[]
  /** Those that did not come again. */
  gone: BaselineLeak[]
}

/** The test or hook in whose context an engine was started. */
export interface TestPlace {
  file: string
  name: string | null
  hook: string | null
}

export interface Finding {
  id: string
  kind: Verdict
  severity: Severity
  message: string
  fix: string
  engine: string | null
  handles: string[]
  count: number
  holdsProcess: boolean
  test: TestPlace | null
  siblings: { started: number; stopped: number; stoppedAt: Site[] } | null
  /** In a merged report: where it is; of several, where most of it is. */
  process?: ProcessKey
  /** Where else the same bug is, `process` first. Only where there are several. */
  processes?: (ProcessKey & { count: number })[]
  /** How many of it the baseline knows in one process, which here are more. */
  knownCount?: number
}

/** A finding that a check told of, and that is over. */
export interface Resolved {
  id: string
  kind: Verdict
  /** Of its engine. */
  name: string
  site: Site | null
  message: string
  foundAt: string
}

export interface Engine {
  id: string
  name: string
  origin: 'explicit' | 'core' | 'library' | 'convention'
  package: string | null
  parent: string | null
  state: 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'collected'
  start: string
  stop: string
  starts: number
  created: Stack | null
  started: Stack | null
  stopped: Stack | null
  site: Site | null
  startedAt: string
  stoppedAt: string | null
  ageMs: number
  detail: Detail
  test: TestPlace | null
  /** Of the OpenTelemetry span in which it was started. */
  traceId?: string
  /** In a merged report. */
  process?: ProcessKey
}

export interface Handle {
  id: string
  /** The async_hooks type: `Timeout`, `TCPSERVERWRAP`. */
  type: string
  /** What users call it: `setInterval`, `net.Socket`. */
  name: string
  engine: string | null
  ref: boolean
  ageMs: number
  created: Stack | null
  site: Site | null
  /** No stack of its own: `site` is that of its nearest kin. */
  sampled: boolean
  detail: Detail
  /** In a merged report. */
  process?: ProcessKey
}

/** From the signal on, or from the first stop that led to the end. */
export interface Shutdown {
  startedAt: string
  order: Stop[]
  /** How many stops more there were than are in `order`; all of these have finished. */
  omitted?: number
  /** What is open as the report is made: engines, and handles of none of them. */
  openAtEnd: { engines: string[]; handles: string[] }
}

export interface Stop {
  engine: string
  name: string
  stopCalledAt: string
  stoppedAt: string | null
  /** `null`: it has not finished. */
  tookMs: number | null
  /** Engines that were being stopped at the same time, and neither by it nor for it; the first few. */
  alongside: string[]
  /** Engines that it started, and that it left to be stopped later, or not at all. */
  stoppedBeforeChildren: string[]
}

export interface Report {
  schema: 'leakwatch/1'
  trigger: Trigger
  at: string
  process: Process
  summary: {
    leaks: number
    warnings: number
    engines: { started: number; stopped: number; running: number; failed: number }
    handles: { live: number; referenced: number }
  }
  findings: Finding[]
  engines: Engine[]
  handles: Handle[]
  shutdown: Shutdown | null
  self: {
    version: string
    /** `budgetPercent` and `spentPercent`: of one core, for stacks beside those of engines; `null`: all, or none. */
    stacks: { captured: number; skipped: number; budgetPercent: number | null; spentPercent: number }
    handlesOmitted: number
    faults: string[]
    notCovered: string[]
  }
  /** Of a check: findings of earlier ones that are over. */
  resolved?: Resolved[]
  /** why-is-node-running's own listing, where `LEAKWATCH_WHY` is on. */
  why?: string[]
  /** In a merged report of `leakwatch run`: every process and thread that was watched, in the order in which they began. */
  processes?: TreeProcess[]
  /** The rest in a merged report only: what `run` was given to run. */
  command?: string
  /** It had not ended after so long, and was ended. */
  timeoutMs?: number
  /** Processes that were there when the command had ended. */
  leftRunning?: { pid: number; command: string }[]
  baseline?: BaselineResult
}
