import type { Engine, Finding, Handle, Report, Stack, Stop } from '../../src/report/schema/report.ts'

/** A report as of the shop's program, in which every test changes what it is about. */
export function sampleReport(parts: Partial<Report> = {}): Report {
  return {
    schema: 'leakwatch/1',
    trigger: 'exit',
    at: '2026-01-02T03:04:05.678Z',
    process: {
      pid: 123,
      ppid: 1,
      threadId: 0,
      isMainThread: true,
      node: 'v24.0.0',
      service: 'shop',
      main: '/shop/src/app.js',
      cwd: '/shop',
      hostname: 'host',
      startedAt: '2026-01-02T03:00:05.678Z',
      uptimeMs: 240_000,
      exitCode: 0,
      signal: null,
    },
    summary: {
      leaks: 1,
      warnings: 0,
      engines: { started: 500, stopped: 450, running: 50, failed: 0 },
      handles: { live: 2, referenced: 1 },
    },
    findings: [sampleFinding()],
    engines: [sampleEngine()],
    handles: [
      sampleHandle('h1', 'setInterval', { delayMs: 5000 }),
      sampleHandle('h2', 'net.Socket', { local: '127.0.0.1:40000', remote: '127.0.0.1:5432' }),
    ],
    shutdown: null,
    self: {
      version: '0.1.0',
      stacks: { captured: 3, skipped: 0, budgetPercent: 1, spentPercent: 0.01 },
      handlesOmitted: 0,
      faults: [],
      notCovered: [],
    },
    ...parts,
  }
}

export function sampleFinding(parts: Partial<Finding> = {}): Finding {
  return {
    id: 'abcdef012345',
    kind: 'never-stopped',
    severity: 'leak',
    message: 'OrderEngine was started 3 min ago and never stopped',
    fix: 'Stop it on every path: call `stop()` in a `finally` (started at src/order.ts:41).',
    engine: 'e1',
    handles: ['h1', 'h2'],
    count: 1,
    holdsProcess: true,
    test: null,
    siblings: {
      started: 500,
      stopped: 450,
      stoppedAt: [{ file: '/shop/src/order.ts', line: 52, column: 5 }],
    },
    ...parts,
  }
}

export function sampleEngine(parts: Partial<Engine> = {}): Engine {
  return {
    id: 'e1',
    name: 'OrderEngine',
    origin: 'convention',
    lease: false,
    package: null,
    parent: null,
    state: 'running',
    start: 'start',
    stop: 'stop',
    starts: 1,
    created: sampleStack('/shop/src/order.ts', 9, 'const engine = new OrderEngine(db)'),
    started: sampleStack('/shop/src/order.ts', 41, 'await engine.start()'),
    stopped: null,
    site: { file: '/shop/src/order.ts', line: 41, column: 3 },
    startedAt: '2026-01-02T03:01:05.678Z',
    stoppedAt: null,
    ageMs: 180_000,
    detail: {},
    test: null,
    ...parts,
  }
}

export function sampleHandle(
  id: string,
  name: string,
  detail: Handle['detail'],
  parts: Partial<Handle> = {},
): Handle {
  return {
    id,
    type: 'Timeout',
    name,
    engine: 'e1',
    ref: true,
    ageMs: 180_000,
    created: null,
    site: null,
    sampled: true,
    detail,
    ...parts,
  }
}

/** Node's frame and a dependency's stand above the program's. */
export function sampleStack(file: string, line: number, code: string | null): Stack {
  const frame = { function: null, column: 3, code: null, internal: false, dependency: false }
  return {
    frames: [
      { ...frame, file: 'node:net', line: 1, internal: true },
      { ...frame, file: '/shop/node_modules/dep/index.js', line: 2, dependency: true },
      { ...frame, file, line, code },
    ],
  }
}

/** `from` and `until`: milliseconds after the shutdown began, at 03:04:05 sharp. */
export function sampleStop(
  name: string,
  from: number,
  until: number | null,
  parts: Partial<Stop> = {},
): Stop {
  const at = (ms: number) => new Date(Date.parse('2026-01-02T03:04:05.000Z') + ms).toISOString()
  return {
    engine: 'e9',
    name,
    stopCalledAt: at(from),
    stoppedAt: until === null ? null : at(until),
    tookMs: until === null ? null : until - from,
    alongside: [],
    stoppedBeforeChildren: [],
    ...parts,
  }
}
