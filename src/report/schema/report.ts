/**
 * The report, schema `leakwatch/1`: what every format prints and every reader parses.
 * Plain data: it survives `JSON.parse(JSON.stringify(report))`.
 */
import type { Site } from '../../core/stacks/sites.ts'
import type { Severity } from '../../judge/kinds/kind.ts'
import type { Kind } from '../../judge/kinds/list.ts'
import type { Trigger } from '../../judge/kinds/trigger.ts'

/** In a report, mapped back through source maps. */
export type { Site } from '../../core/stacks/sites.ts'
export type { Severity } from '../../judge/kinds/kind.ts'
export type { Kind } from '../../judge/kinds/list.ts'
export type { Trigger } from '../../judge/kinds/trigger.ts'

/** Facts about an engine or a handle: address, path, pid, delay... Secrets are cut already. */
export type Detail = Record<string, string | number | boolean>

export interface Frame {
  function: string | null
  file: string | null
  line: number | null
  column: number | null
  /** The source line, trimmed and redacted, of a long one the part at the column; `null` where it cannot be read. */
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
  /** The version of its package; absent: it has none. */
  version?: string
  main: string | null
  cwd: string
  hostname: string
  startedAt: string
  uptimeMs: number
  exitCode: number | null
  signal: string | null
  /** It listens to its parent: the channel keeps it alive. Absent: it does not, or has none. */
  listensToParent?: boolean
}

/** A process or thread of the tree that `leakwatch run` watched. */
export interface TreeProcess extends Process {
  /** The command, as somebody would type it; secrets are cut. */
  command: string
  /** `unreported`: it ended without a report. `running`: it was left behind. */
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
  /** How many findings it covers. The report does not list them. */
  known: number
  /** How many new leaks test suites have reported themselves; absent: none. */
  tested?: number
  /** Known leaks that kept a process alive until the run was ended; absent: none. */
  holding?: BaselineLeak[]
  /** Known leaks that no longer occur. */
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
  kind: Kind
  severity: Severity
  message: string
  fix: string
  engine: string | null
  handles: string[]
  count: number
  holdsProcess: boolean
  test: TestPlace | null
  siblings: { started: number; stopped: number; stoppedAt: Site[] } | null
  /** Ids of the engines that were taken from this one and are out, those that are out for longer than usual first. */
  leases?: string[]
  /** In a merged report: the process that has it, or that has most of it. */
  process?: ProcessKey
  /** All processes that have the same bug, `process` first; absent: there is one. */
  processes?: (ProcessKey & { count: number })[]
  /** How many of it the baseline allows in one process; here there are more. */
  knownCount?: number
  /** In a report that was gathered from many. */
  seen?: Seen
}

/** When and where a bug was seen, in all reports that were gathered. */
export interface Seen {
  first: string
  last: string
  /** How many reports have it. */
  reports: number
  /** How many processes had it. */
  processes: number
  /** What is there by the last report of each process; a `count` of 0: it is over. */
  now: { processes: number; count: number }
  /** There were so many processes that their numbers are estimates, within some 5 %. */
  isEstimate: boolean
  services: string[]
  /** `shop 1.4.0`: services with their versions. */
  builds: string[]
  /** The process that had most of it, whose places are shown. */
  process: Process
  /** The highest count in one process, over time. */
  most: { at: string; count: number }[]
}

/** What a report was gathered from. */
export interface Gathered {
  reports: number
  /** When the first and the last of them were made. */
  from: string
  to: string
  processes: number
  hosts: number
  services: string[]
  builds: string[]
}

/** A finding of an earlier check that is over. */
export interface Resolved {
  id: string
  kind: Kind
  /** The name of its engine. */
  name: string
  site: Site | null
  message: string
  foundAt: string
}

export interface Engine {
  id: string
  name: string
  origin: 'explicit' | 'core' | 'library' | 'convention'
  /** Taken from its parent, to be given back. */
  lease: boolean
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
  /** The trace of the OpenTelemetry span in which it was started. */
  /** The `await` in which its stop is. */
  waiting?: Stack | null
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
  /** It has no stack of its own: `site` is that of a handle like it. */
  sampled: boolean
  detail: Detail
  /** In a merged report. */
  process?: ProcessKey
}

/** The shutdown, from the signal on, or from the first stop that led to the end. */
export interface Shutdown {
  startedAt: string
  order: Stop[]
  /** How many more stops there were than `order` lists; all of those have finished. */
  omitted?: number
  /** What was open when the report was made: engines, and handles that belong to none of them. */
  openAtEnd: { engines: string[]; handles: string[] }
}

export interface Stop {
  engine: string
  name: string
  stopCalledAt: string
  stoppedAt: string | null
  /** `null`: it has not finished. */
  tookMs: number | null
  /** Some of the engines that were being stopped at the same time, and that are neither its children nor its parents. */
  alongside: string[]
  /** Engines that it had started and that were stopped later, or not at all. */
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
    /** `budgetPercent` and `spentPercent` are of one core, for stacks of handles; `null`: all handles have a stack, or none. */
    stacks: { captured: number; skipped: number; budgetPercent: number | null; spentPercent: number }
    handlesOmitted: number
    faults: string[]
    notCovered: string[]
  }
  /** In the report of a check: findings of earlier checks that are over. */
  resolved?: Resolved[]
  /** why-is-node-running's own listing, where `LEAKWATCH_WHY` is on. */
  why?: string[]
  /** In a merged report of `leakwatch run`: all watched processes and threads, in the order in which they began. */
  processes?: TreeProcess[]
  /** In a merged report, as all that follows: the command. */
  command?: string
  /** The time after which `--timeout` ended the command. */
  timeoutMs?: number
  /** Processes that were still alive after the command had ended. */
  leftRunning?: { pid: number; command: string }[]
  baseline?: BaselineResult
  /** In a report that was gathered from many. */
  gathered?: Gathered
}
