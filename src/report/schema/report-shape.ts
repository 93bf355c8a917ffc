/**
 * The shape of a report, for those that come from elsewhere: each key of `report.ts` stands here, too. A key that reports of an earlier
 * leakwatch lack is `optional`. Words such as kinds may be of a newer one, so any text will do.
 */
import type {
  BaselineLeak,
  BaselineResult,
  Engine,
  Finding,
  Frame,
  Gathered,
  Handle,
  Process,
  ProcessKey,
  Report,
  Resolved,
  Seen,
  Shutdown,
  Site,
  Stack,
  Stop,
  TestPlace,
  TreeProcess,
} from './report.ts'
import { facts, flag, list, number, object, optional, orNull, type Shape, text, time } from './shape.ts'

const site = object<Site>({ file: text, line: number, column: number })
const testPlace = object<TestPlace>({ file: text, name: orNull(text), hook: orNull(text) })
const processKey = object<ProcessKey>({ pid: number, threadId: number })

const stack = object<Stack>({
  frames: list(
    object<Frame>({
      function: orNull(text),
      file: orNull(text),
      line: orNull(number),
      column: orNull(number),
      code: orNull(text),
      internal: flag,
      dependency: flag,
    }),
  ),
})

const processKeys = {
  pid: number,
  ppid: number,
  threadId: number,
  isMainThread: flag,
  node: text,
  service: text,
  version: optional(text),
  main: orNull(text),
  cwd: text,
  hostname: text,
  startedAt: text,
  uptimeMs: number,
  exitCode: orNull(number),
  signal: orNull(text),
  listensToParent: optional(flag),
}

const seen = object<Seen>({
  first: time,
  last: time,
  reports: number,
  processes: number,
  now: object<Seen['now']>({ processes: number, count: number }),
  isEstimate: flag,
  services: list(text),
  builds: list(text),
  process: object<Process>(processKeys),
  most: list(object<Seen['most'][number]>({ at: time, count: number })),
})

const gathered = object<Gathered>({
  reports: number,
  from: time,
  to: time,
  processes: number,
  hosts: number,
  services: list(text),
  builds: list(text),
})

const finding = object<Finding>({
  id: text,
  kind: text,
  severity: text,
  message: text,
  fix: text,
  engine: orNull(text),
  handles: list(text),
  count: number,
  holdsProcess: flag,
  test: orNull(testPlace),
  siblings: orNull(
    object<NonNullable<Finding['siblings']>>({ started: number, stopped: number, stoppedAt: list(site) }),
  ),
  leases: optional(list(text)),
  process: optional(processKey),
  processes: optional(
    list(object<ProcessKey & { count: number }>({ pid: number, threadId: number, count: number })),
  ),
  knownCount: optional(number),
  seen: optional(seen),
})

const engine = object<Engine>({
  id: text,
  name: text,
  origin: text,
  lease: flag,
  package: orNull(text),
  parent: orNull(text),
  state: text,
  start: text,
  stop: text,
  starts: number,
  created: orNull(stack),
  started: orNull(stack),
  stopped: orNull(stack),
  site: orNull(site),
  startedAt: text,
  stoppedAt: orNull(text),
  ageMs: number,
  detail: facts,
  test: orNull(testPlace),
  waiting: optional(orNull(stack)),
  traceId: optional(text),
  process: optional(processKey),
})

const handle = object<Handle>({
  id: text,
  type: text,
  name: text,
  engine: orNull(text),
  ref: flag,
  ageMs: number,
  created: orNull(stack),
  site: orNull(site),
  sampled: flag,
  detail: facts,
  process: optional(processKey),
})

const shutdown = object<Shutdown>({
  startedAt: time,
  order: list(
    object<Stop>({
      engine: text,
      name: text,
      stopCalledAt: time,
      stoppedAt: orNull(time),
      tookMs: orNull(number),
      alongside: list(text),
      stoppedBeforeChildren: list(text),
    }),
  ),
  omitted: optional(number),
  openAtEnd: object<Shutdown['openAtEnd']>({ engines: list(text), handles: list(text) }),
})

const resolved = object<Resolved>({
  id: text,
  kind: text,
  name: text,
  site: orNull(site),
  message: text,
  foundAt: time,
})

const baselineLeak = object<BaselineLeak>({ id: text, kind: text, name: text, place: orNull(text) })

export const reportShape: Shape = object<Report>({
  schema: text,
  trigger: text,
  at: time,
  process: object<Process>(processKeys),
  summary: object<Report['summary']>({
    leaks: number,
    warnings: number,
    engines: object<Report['summary']['engines']>({
      started: number,
      stopped: number,
      running: number,
      failed: optional(number),
    }),
    handles: object<Report['summary']['handles']>({ live: number, referenced: number }),
  }),
  findings: list(finding),
  engines: list(engine),
  handles: list(handle),
  shutdown: orNull(shutdown),
  self: object<Report['self']>({
    version: text,
    stacks: object<Report['self']['stacks']>({
      captured: number,
      skipped: number,
      budgetPercent: optional(orNull(number)),
      spentPercent: optional(number),
    }),
    handlesOmitted: number,
    faults: list(text),
    notCovered: list(text),
  }),
  resolved: optional(list(resolved)),
  why: optional(list(text)),
  processes: optional(list(object<TreeProcess>({ ...processKeys, command: text, state: text }))),
  command: optional(text),
  timeoutMs: optional(number),
  leftRunning: optional(list(object<{ pid: number; command: string }>({ pid: number, command: text }))),
  baseline: optional(
    object<BaselineResult>({
      file: text,
      known: number,
      tested: optional(number),
      holding: optional(list(baselineLeak)),
      gone: list(baselineLeak),
    }),
  ),
  gathered: optional(gathered),
})
