/** Reports that the formats for CI are tested with. */
import type { Report } from '../../../src/report/schema/report.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport } from '../sample.ts'

const evil = 'a\u001b[2J\r\n]]>\u0000\u2028\ufffe\ud800<&"\'::error file=x::100%,'

const orphan = sampleFinding({
  id: 'fedcba543210',
  kind: 'orphan',
  severity: 'warning',
  message: 'setInterval of 3 min ago is still there, and belongs to no engine',
  engine: null,
  handles: ['h9'],
  siblings: null,
})
const unplaced = sampleFinding({ id: '1', kind: 'stop-pending', engine: 'e2', siblings: null })
const evilFinding = sampleFinding({ id: evil, message: evil, fix: evil, engine: 'e3' })
const evilEngine = sampleEngine({
  id: 'e3',
  name: evil,
  site: { file: `/shop/src/${evil}.ts`, line: 1, column: 1 },
})

/** A leak, a warning, one without a place and one that tries to break out. */
export const rich: Report = sampleReport({
  findings: [sampleFinding(), unplaced, evilFinding, orphan],
  engines: [sampleEngine(), sampleEngine({ id: 'e2', created: null, started: null, site: null }), evilEngine],
  handles: [
    sampleHandle('h1', 'setInterval', { delayMs: 5000 }),
    sampleHandle(
      'h9',
      'setInterval',
      {},
      { engine: null, site: { file: '/elsewhere/a.js', line: 3, column: 1 } },
    ),
  ],
})
export const clean: Report = sampleReport({ findings: [], engines: [], handles: [] })
const worker = { ...sampleReport().process, pid: 124, threadId: 2, isMainThread: false }
/** As `run` merges them: the same bug in a process and in a worker of another. */
export const merged: Report = {
  ...sampleReport({
    findings: [
      sampleFinding({ process: { pid: 123, threadId: 0 } }),
      sampleFinding({ process: { pid: 124, threadId: 2 }, count: 3 }),
    ],
  }),
  processes: [
    { ...sampleReport().process, command: 'node src/app.js', state: 'ended' },
    { ...worker, command: 'node src/app.js', state: 'ended' },
  ],
}
