import { describe, expect, it } from 'vitest'
import { formatText } from '../../../src/report/formats/text.ts'
import {
  sampleEngine,
  sampleFinding,
  sampleHandle,
  sampleReport,
  sampleStack,
  sampleStop,
} from '../sample.ts'

it('says what, where, what follows and what to do next', () => {
  expect(formatText(sampleReport())).toMatchInlineSnapshot(`
    "leakwatch: 1 leak in app.js (pid 123) at exit

    ✖ OrderEngine was started 3 min ago and never stopped              never-stopped
        started   src/order.ts:41   await engine.start()
        through   node_modules/dep/index.js:2 (dep)
        created   src/order.ts:9    const engine = new OrderEngine(db)
        holds     1 setInterval (5000 ms), 1 net.Socket to 127.0.0.1:5432, and keeps
                  the process alive
        others    450 of 500 started here were stopped, at src/order.ts:52
        fix       Stop it on every path: call \`stop()\` in a \`finally\` (started at
                  src/order.ts:41).

        summary   500 engines started, 450 stopped, 50 running; 2 handles open (1
                  keeps the process alive); up 4 min
    "
  `)
})

it('a stop that forgot something shows where it was called; a warning follows with its own mark', () => {
  const report = sampleReport({
    summary: {
      leaks: 2,
      warnings: 1,
      engines: { started: 1, stopped: 1, running: 0, failed: 0 },
      handles: { live: 1, referenced: 1 },
    },
    findings: [
      sampleFinding({
        kind: 'stop-incomplete',
        message: 'OrderEngine was stopped 2 s ago, but left 1 setInterval behind',
        fix: 'Let `stop()` also end what OrderEngine started: 1 setInterval.',
        handles: ['h1'],
        siblings: { started: 3, stopped: 0, stoppedAt: [] },
      }),
      sampleFinding({
        kind: 'orphan',
        message: '3 setInterval of up to 4 min ago are still there, and belong to no engine',
        fix: 'Call `clearInterval(interval)` when it is no longer needed (created at src/poll.ts:3).',
        engine: null,
        handles: ['h3', 'h4', 'h5'],
        count: 3,
        siblings: null,
      }),
      sampleFinding({
        severity: 'warning',
        kind: 'orphan',
        message: 'setTimeout of 3 s ago is still there, and belongs to no engine',
        fix: 'Call `clearTimeout(timeout)` when it is no longer needed.',
        engine: null,
        handles: ['h6'],
        holdsProcess: false,
        siblings: null,
      }),
    ],
    engines: [
      sampleEngine({
        state: 'stopped',
        stoppedAt: '2026-01-02T03:04:03.678Z',
        created: sampleStack('/shop/src/order.ts', 41, 'await new OrderEngine(db).start()'),
        stopped: sampleStack('/elsewhere/stop.ts', 120, 'await engine.stop()'),
      }),
    ],
    handles: [
      sampleHandle('h1', 'setInterval', { delayMs: 5000 }),
      ...['h3', 'h4', 'h5'].map((id, index) =>
        sampleHandle(
          id,
          'setInterval',
          { delayMs: index < 2 ? 100 : 200 },
          {
            engine: null,
            created: sampleStack('/shop/src/poll.ts', 3, 'setInterval(poll, every)'),
            site: { file: '/shop/src/poll.ts', line: 3, column: 1 },
            sampled: false,
          },
        ),
      ),
      sampleHandle(
        'h6',
        'setTimeout',
        { delayMs: 60_000 },
        {
          engine: null,
          site: { file: '/shop/src/poll.ts', line: 30, column: 1 },
        },
      ),
    ],
    self: {
      version: '0.1.0',
      stacks: { captured: 3, skipped: 0, budgetPercent: 1, spentPercent: 0.01 },
      handlesOmitted: 0,
      faults: ['reading a stack: boom (3 times)'],
      notCovered: ['a late import: what was created before it is not seen', 'frozen class Config'],
    },
  })
  expect(formatText(report)).toMatchInlineSnapshot(`
    "leakwatch: 2 leaks, 1 warning in app.js (pid 123) at exit

    ✖ OrderEngine was stopped 2 s ago, but left 1 setInterval        stop-incomplete
      behind
        started   src/order.ts:41          await engine.start()
        through   node_modules/dep/index.js:2 (dep)
        stopped   /elsewhere/stop.ts:120   await engine.stop()
        holds     1 setInterval (5000 ms), and keeps the process alive
        others    none of 3 started here was stopped
        fix       Let \`stop()\` also end what OrderEngine started: 1 setInterval.

    ✖ 3 setInterval of up to 4 min ago are still there, and belong to no      orphan
      engine
        created   src/poll.ts:3   setInterval(poll, every)
        through   node_modules/dep/index.js:2 (dep)
        handle    2 setInterval (100 ms), 1 setInterval (200 ms), which keep the
                  process alive
        fix       Call \`clearInterval(interval)\` when it is no longer needed
                  (created at src/poll.ts:3).

    ⚠ setTimeout of 3 s ago is still there, and belongs to no engine          orphan
        near      src/poll.ts:30
        handle    1 setTimeout (60000 ms), which does not keep the process alive
        fix       Call \`clearTimeout(timeout)\` when it is no longer needed.

        summary   1 engine started, 1 stopped, 0 running; 1 handle open (1 keeps the
                  process alive); up 4 min
        faults    leakwatch's own: reading a stack: boom (3 times)
        not seen  a late import: what was created before it is not seen
                  frozen class Config
    "
  `)
})

it('what is too long wraps under its label, and no line is wider than 80 columns', () => {
  const deep = `/shop/${'packages/with-a-long-name/'.repeat(4)}src/order.ts`
  const report = sampleReport({
    findings: [
      sampleFinding({
        message: '450 TransactionalOrderImportEngine were started up to 3 min ago and never stopped',
        handles: ['h0', 'h1', 'h2', 'h3', 'h4', 'h5'],
        count: 450,
        siblings: { started: 900, stopped: 1, stoppedAt: [{ file: deep, line: 52, column: 5 }] },
      }),
    ],
    engines: [
      sampleEngine({
        created: sampleStack('/shop/src/a.ts', 1, null),
        started: sampleStack(deep, 41, `await engine.start(${'withManyOptions, '.repeat(8)})`),
        site: { file: deep, line: 41, column: 3 },
      }),
    ],
    handles: Array.from({ length: 6 }, (_, index) =>
      sampleHandle(`h${index}`, 'net.Socket', { remote: `10.0.0.${index}:5432` }),
    ),
  })
  const text = formatText(report)
  expect(text).toMatchInlineSnapshot(`
    "leakwatch: 1 leak in app.js (pid 123) at exit

    ✖ 450 TransactionalOrderImportEngine were started up to 3 min ago  never-stopped
      and never stopped
        started   packages/with-a-long-name/packages/with-a-long-name/packages/
                  with-a-long-name/packages/with-a-long-name/src/order.ts:41
                  await engine.start(withManyOptions, withManyOptions, withManyOpti…
        through   node_modules/dep/index.js:2 (dep)
        created   src/a.ts:1
        holds     6 net.Socket (the first to 10.0.0.0:5432), and keeps the process
                  alive
        others    1 of 900 started here was stopped, at
                  packages/with-a-long-name/packages/with-a-long-name/packages/
                  with-a-long-name/packages/with-a-long-name/src/order.ts:52
        fix       Stop it on every path: call \`stop()\` in a \`finally\` (started at
                  src/order.ts:41).

        summary   500 engines started, 450 stopped, 50 running; 2 handles open (1
                  keeps the process alive); up 4 min
    "
  `)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(formatText(report, { width: 200 })).toContain(`${deep.slice('/shop/'.length)}:41`)
})

describe('the first line says which process and what made it report', () => {
  const process = sampleReport().process
  it.each([
    ['exit', {}, 'leakwatch: 1 leak in app.js (pid 123) at exit'],
    ['exit', { signal: 'SIGTERM' }, 'leakwatch: 1 leak in app.js (pid 123) at exit by SIGTERM'],
    ['stall', { signal: 'SIGTERM' }, 'leakwatch: 1 leak in app.js (pid 123) still alive after SIGTERM'],
    ['assert', {}, 'leakwatch: 1 leak in app.js (pid 123) at assertNoLeaks'],
    ['signal', { signal: 'SIGUSR2' }, 'leakwatch: 1 leak in app.js (pid 123) on SIGUSR2'],
    [
      'call',
      { isMainThread: false, threadId: 4 },
      'leakwatch: 1 leak in app.js (pid 123, thread 4) on request',
    ],
    ['check', { main: null }, 'leakwatch: 1 leak in shop (pid 123) at a check'],
  ] as const)('%s %j', (trigger, parts, line) => {
    const report = sampleReport({ trigger, process: { ...process, ...parts } })
    expect(formatText(report).split('\n')[0]).toBe(line)
  })

  it.each([
    [2, 1, '2 leaks, 1 warning'],
    [0, 2, '2 warnings'],
    [0, 0, 'nothing to report'],
  ])('%i leaks, %i warnings', (leaks, warnings, found) => {
    const report = sampleReport()
    report.summary = { ...report.summary, leaks, warnings }
    expect(formatText(report).split('\n')[0]).toBe(`leakwatch: ${found} in app.js (pid 123) at exit`)
  })
})

it('an engine started by `new` shows one place', () => {
  const created = sampleStack('/shop/src/a.ts', 7, 'new Poller()')
  const engines = [
    sampleEngine({ created, started: null, site: { file: '/shop/src/a.ts', line: 7, column: 3 } }),
  ]
  const text = formatText(sampleReport({ engines }))
  expect(text).toContain('    created   src/a.ts:7   new Poller()\n')
  expect(text).not.toContain('    started')
})

it('the stop of an engine that was started again is not shown', () => {
  const stopped = sampleStack('/shop/src/a.ts', 90, 'await engine.stop()')
  expect(formatText(sampleReport({ engines: [sampleEngine({ stopped })] }))).not.toContain('src/a.ts:90')
})

it('a stop that has not finished shows where it was called', () => {
  const text = formatText(
    sampleReport({
      findings: [sampleFinding({ kind: 'stop-pending' })],
      engines: [
        sampleEngine({
          state: 'stopping',
          stopped: sampleStack('/shop/src/a.ts', 90, 'await engine.stop()'),
        }),
      ],
    }),
  )
  expect(text).toContain('    stopping  src/a.ts:90       await engine.stop()\n')
})

it('an engine without stacks has no place', () => {
  const text = formatText(
    sampleReport({ engines: [sampleEngine({ created: null, started: null, site: null })] }),
  )
  expect(text).toContain('never-stopped\n    holds     1 setInterval')
})

it('the order of a shutdown, and what another tool says', () => {
  const at = '2026-01-02T03:04:05.000Z'
  const report = sampleReport({
    findings: [],
    shutdown: {
      startedAt: at,
      order: [
        sampleStop('http.Server', 0, 450),
        sampleStop('OrderEngine', 450, 650, { stoppedBeforeChildren: ['e9', 'e9'] }),
        sampleStop('Client', 650, 650),
        sampleStop('Client', 650, 654),
        sampleStop('CacheEngine', 660, null),
      ],
      openAtEnd: { engines: ['e1'], handles: ['h2'] },
    },
    why: ['There is 1 handle', '', '# Timeout', `app.js:3   - setInterval(${'f, '.repeat(30)}1000)`],
  })
  expect(formatText(report)).toMatchInlineSnapshot(`
    "leakwatch: 1 leak in app.js (pid 123) at exit

        summary   500 engines started, 450 stopped, 50 running; 2 handles open (1
                  keeps the process alive); up 4 min
        shutdown  +0 ms    http.Server  ━━━━━━━━━━        450 ms
                  +450 ms  OrderEngine            ━━━━━   200 ms
                  ✖ stopped before what it had started: 2 CacheEngine
                  +650 ms  2 Client                    ━  4 ms in all
                  +660 ms  CacheEngine                 ▶  ✖ not finished after 18 ms
        left open OrderEngine, net.Socket
        why       There is 1 handle
                  # Timeout
                  app.js:3   - setInterval(f, f, f, f, f, f, f, f, f, f, f, f, f, f…
    "
  `)
})

it('test runners print columns, and the test that started it', () => {
  const test = { file: 'test/order.test.ts', name: 'an order is paid', hook: null }
  const text = formatText(sampleReport({ findings: [sampleFinding({ test })] }), { columns: true })
  expect(text).toContain('src/order.ts:41:3   await engine.start()')
  expect(text).toContain('    test      test/order.test.ts > an order is paid\n')
})

it('colours are escape codes around the same text', () => {
  const plain = formatText(sampleReport())
  const coloured = formatText(sampleReport(), { coloured: true })
  expect(plain).not.toContain('\u001b')
  expect(coloured).toContain('\u001b[31m✖\u001b[39m \u001b[1mOrderEngine was started')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain)
})

it('what the program says cannot forge a line or talk to the terminal', () => {
  const evil = 'a\u001b[2Jb\nleakwatch: all is well\r\u202e\u009b'
  const process = { ...sampleReport().process, main: `/shop/${evil}.js`, cwd: '/shop' }
  const text = formatText(
    sampleReport({
      process,
      findings: [sampleFinding({ message: evil, fix: evil })],
      engines: [sampleEngine({ started: sampleStack(`/shop/${evil}`, 1, evil), site: null })],
      handles: [sampleHandle('h1', evil, { remote: evil })],
      self: { ...sampleReport().self, faults: [evil], notCovered: [evil] },
    }),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  expect(text.split('\n').filter((line) => line.startsWith('leakwatch:'))).toHaveLength(1)
  expect(text).toContain('a\\u001b[2Jb\\nleakwatch: all is well\\r\\u202e\\u009b')
})

it('counts the handles that a report leaves out', () => {
  const report = sampleReport({
    findings: [sampleFinding({ handles: ['h1', 'h2', 'h3'] })],
    engines: [sampleEngine()],
    handles: [sampleHandle('h1', 'setInterval', { delayMs: 5000 })],
  })
  expect(formatText(report).replace(/\s+/g, ' ')).toContain(
    '1 setInterval (5000 ms), 2 handles more that are not listed, and keeps the process alive',
  )
})

it('says why an orphan shows no place', () => {
  const report = sampleReport({
    findings: [sampleFinding({ kind: 'orphan', engine: null, handles: ['h1'] })],
    handles: [{ ...sampleHandle('h1', 'setInterval', {}), created: null, site: null, sampled: true }],
  })
  expect(formatText(report)).toContain(
    'created   not known: the budget for stacks was used up, or stacks are off',
  )
})

describe('a live report', () => {
  const warning = { severity: 'warning', count: 3 } as const
  const summary = { ...sampleReport().summary, leaks: 0, warnings: 1 }

  it('lists what merely runs by name, place and number, without advice', () => {
    const report = sampleReport({ trigger: 'signal', summary, findings: [sampleFinding(warning)] })
    const text = formatText(report)
    expect(text).toContain('leakwatch: nothing to report in app.js')
    expect(text).toMatch(/^ +running +3 OrderEngine +src\/order\.ts:41 +450 of 500 were stopped$/m)
    expect(text).not.toContain('fix')
  })

  it('tells of what more than runs', () => {
    const report = sampleReport({
      trigger: 'signal',
      summary,
      findings: [sampleFinding({ ...warning, kind: 'overdue' })],
    })
    expect(formatText(report)).toContain('1 warning')
    expect(formatText(report)).not.toContain('running  ')
  })

  it('is told in full where the process should have ended', () => {
    const report = sampleReport({ trigger: 'stall', summary, findings: [sampleFinding(warning)] })
    expect(formatText(report)).toContain('fix')
  })
})
