import { expect, it } from 'vitest'
import { formatNdjson } from '../../../src/report/formats/ndjson.ts'
import { formatText } from '../../../src/report/formats/text.ts'
import { mergeReports } from '../../../src/report/model/merge.ts'
import type { Report, TreeProcess } from '../../../src/report/schema/report.ts'
import { sampleFinding, sampleReport } from '../sample.ts'

const { process } = sampleReport()

function tree(
  processes: (Partial<TreeProcess> & { report?: Report })[],
  parts: Partial<Report> = {},
): Report {
  const members = processes.map(({ report = null, ...each }) => ({
    process: { ...process, command: 'node app.js', state: 'ended', ...each } as TreeProcess,
    report,
  }))
  const base = { at: sampleReport().at, version: '0.1.0', command: 'npm test', leftRunning: [], faults: [] }
  return { ...mergeReports({ ...base, process: { ...process, pid: 1 }, members }), ...parts }
}

const found = (id: string): Report => sampleReport({ findings: [sampleFinding({ id })] })

it('says who leaked: process, thread and command, each with what it did', () => {
  const report = tree([
    { pid: 11, command: 'node server.js', report: found('a'), exitCode: 3 },
    { pid: 12, command: 'node app.js', cwd: '/shop/packages/app' },
    {
      pid: 12,
      command: 'node app.js',
      threadId: 2,
      isMainThread: false,
      main: '/shop/src/worker.js',
      report: found('b'),
    },
    { pid: 13, command: 'node crash.js', state: 'unreported' },
  ])
  report.leftRunning = [{ pid: 14, command: 'sleep 60' }]
  expect(formatText(report)).toMatchInlineSnapshot(`
    "leakwatch: 2 leaks in 2 of 4 processes and threads of npm test

    ── node server.js (pid 11), exit code 3

    ✖ OrderEngine was started 3 min ago and never stopped              never-stopped
        started   src/order.ts:41   await engine.start()
        through   node_modules/dep/index.js:2 (dep)
        created   src/order.ts:9    const engine = new OrderEngine(db)
        holds     1 setInterval (5000 ms), 1 net.Socket to 127.0.0.1:5432, and keeps
                  the process alive
        others    450 of 500 started here were stopped, at src/order.ts:52
        fix       Stop it on every path: call \`stop()\` in a \`finally\` (started at
                  src/order.ts:41).

    ── node app.js (pid 12), worker thread 2: src/worker.js

    ✖ OrderEngine was started 3 min ago and never stopped              never-stopped
        started   src/order.ts:41   await engine.start()
        through   node_modules/dep/index.js:2 (dep)
        created   src/order.ts:9    const engine = new OrderEngine(db)
        holds     1 setInterval (5000 ms), 1 net.Socket to 127.0.0.1:5432, and keeps
                  the process alive
        others    450 of 500 started here were stopped, at src/order.ts:52
        fix       Stop it on every path: call \`stop()\` in a \`finally\` (started at
                  src/order.ts:41).

        summary   1000 engines started, 900 stopped, 100 running; 4 handles open (2
                  keep the process alive); up 4 min
        no report node crash.js (pid 13): it was killed, or it crashed
        running   sleep 60 (pid 14) is left behind
    "
  `)
})

it('needs no head where the command is the only process', () => {
  const report = tree([{ pid: 1, command: 'npm test', report: found('a') }])
  expect(formatText(report).split('\n').slice(0, 3)).toMatchInlineSnapshot(`
    [
      "leakwatch: 1 leak in npm test (pid 1)",
      "",
      "✖ OrderEngine was started 3 min ago and never stopped              never-stopped",
    ]
  `)
})

it('puts the same bug of eight processes in one place', () => {
  const pids = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
  const text = formatText(tree(pids.map((pid) => ({ pid, report: found('a') }))))
  expect(text.split('\n').filter((line) => /^leakwatch|^──|^✖|also in/.test(line))).toMatchInlineSnapshot(`
    [
      "leakwatch: 1 leak in 10 of 10 processes of npm test",
      "── node app.js (pid 11)",
      "✖ OrderEngine was started 3 min ago and never stopped; the same    never-stopped",
      "    also in   pid 12, 13, 14, 15, 16, 17, 18, 19 and 1 more; 10 in all",
    ]
  `)
})

it('names the commands in which the same bug is elsewhere', () => {
  const pids = [11, 12, 13, 14]
  const text = formatText(
    tree(pids.map((pid) => ({ pid, report: found('a'), ...(pid < 13 ? {} : { command: 'node mail.js' }) }))),
  )
  expect(text).toContain('also in   pid 12, node mail.js (pid 13, 14); 4 in all')
})

it('is two lines where there is nothing new', () => {
  const report = tree([{ pid: 1 }, { pid: 2 }], {
    baseline: {
      file: '/shop/leakwatch.baseline.json',
      known: 3,
      gone: [{ id: 'a', kind: 'orphan', name: 'setInterval', place: 'src/poll.ts:3' }],
    },
  })
  expect(formatText(report)).toMatchInlineSnapshot(`
    "leakwatch: no new leaks in 2 processes of npm test
        known     3 leaks of leakwatch.baseline.json
        gone      setInterval (orphan, src/poll.ts:3): not seen in this run;
                  \`--update-baseline\` drops it
    "
  `)
})

it('in NDJSON, each finding is of its process and of its service', () => {
  const report = tree([
    { pid: 11, service: 'server', report: found('a') },
    { pid: 12, service: 'worker', report: found('b') },
    { pid: 13, state: 'unreported' },
  ])
  const lines = formatNdjson(report)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ service, pid, event }) => [service, pid, event])).toEqual([
    ['server', 11, 'leakwatch.finding'],
    ['worker', 12, 'leakwatch.finding'],
    ['shop', 1, 'leakwatch.summary'],
  ])
  expect(lines[2]).toMatchObject({
    command: 'npm test',
    processes: 3,
    unreported: [{ pid: 13 }],
    leftRunning: [],
  })
})
