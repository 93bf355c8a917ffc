/** The API where leakwatch is off: everything works and nothing is watched. */

import type { Report } from '../report/schema/report.ts'
import type { Installed } from './api.ts'
import type { Snapshot } from './options.ts'
import type { EngineScope } from './track.ts'

const nothing: Snapshot = { engines: new Set(), handles: new Set() }

function emptyReport(): Report {
  const uptimeMs = Math.round(process.uptime() * 1000)
  return {
    schema: 'leakwatch/1',
    trigger: 'call',
    at: new Date().toISOString(),
    process: {
      pid: process.pid,
      ppid: process.ppid,
      threadId: 0,
      isMainThread: true,
      node: process.version,
      service: 'node',
      main: process.argv[1] ?? null,
      cwd: '',
      hostname: '',
      startedAt: new Date(Date.now() - uptimeMs).toISOString(),
      uptimeMs,
      exitCode: null,
      signal: null,
    },
    summary: {
      leaks: 0,
      warnings: 0,
      engines: { started: 0, stopped: 0, running: 0, failed: 0 },
      handles: { live: 0, referenced: 0 },
    },
    findings: [],
    engines: [],
    handles: [],
    shutdown: null,
    self: {
      version: '',
      stacks: { captured: 0, skipped: 0, budgetPercent: null, spentPercent: 0 },
      handlesOmitted: 0,
      faults: [],
      notCovered: ['everything: leakwatch is off'],
    },
  }
}

function offScope(): EngineScope {
  const close = (): void => {}
  return {
    run: (body) => body(),
    close,
    [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: close,
  } as EngineScope
}

export const offApi: Installed = {
  track: (target) => target,
  lease: (_from, taken) => taken,
  openEngine: offScope,
  ignore: (target) => target,
  report: async () => emptyReport(),
  reportSync: emptyReport,
  snapshot: () => nothing,
  assertNoLeaks: async () => {},
  on: () => () => {},
  allowLeak: () => {},
  inside: null,
}
