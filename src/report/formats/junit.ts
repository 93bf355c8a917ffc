/**
 * JUnit's XML, as far as the schemas of Ant and Jenkins agree: a suite for each process, and a failed test for each leak. Warnings
 * fail nothing: they are the output of the suite.
 */

import { type LocatedFinding, locate } from '../model/located-findings.ts'
import type { Process, Report } from '../schema/report.ts'
import { type Roots, repositoryPath } from '../sources/repository-path.ts'
import { escapeControls, wellFormed } from '../words/escape.ts'
import { partsById } from '../words/finding-rows.ts'
import { processName } from '../words/headline.ts'
import type { Format } from './format.ts'

export const format: Format = {
  isDocument: true,
  // biome-ignore lint/correctness/useYield: it is made at once
  *rendering(reports, { workspace }) {
    return formatJunit(reports, workspace())
  },
}

/** A process without a leak has one test that passed: for Jenkins a file without tests is an error. */
export function formatJunit(reports: readonly Report[], workspace: string): string {
  const suites = reports.flatMap(suitesOf).map((suite, index) => suiteElement(suite, index, workspace))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`
}

interface Suite {
  process: Process
  at: string
  findings: LocatedFinding[]
}

function suitesOf(report: Report): Suite[] {
  const parts = partsById(report)
  const all = report.findings.map((finding) => locate(report, finding, parts))
  const processes = report.processes ?? [report.process]
  const suites = processes.map((process) => ({ process, at: report.at, findings: [] as LocatedFinding[] }))
  for (const each of all) {
    // A bug of several processes is a failed test in each.
    for (const { pid, threadId } of each.finding.processes ?? [each.process]) {
      const own = suites.find(({ process }) => process.pid === pid && process.threadId === threadId)
      if (own === undefined) suites.push({ process: each.process, at: report.at, findings: [each] })
      else own.findings.push(each)
    }
  }
  return suites
}

function suiteElement({ process, at, findings }: Suite, id: number, workspace: string): string {
  const roots = { workspace, cwd: process.cwd }
  const leaks = findings.filter(({ finding }) => finding.severity === 'leak')
  const warnings = findings.filter(({ finding }) => finding.severity !== 'leak')
  const name = `leakwatch.${process.service}`
  const cases =
    leaks.length === 0
      ? [`<testcase ${attributes({ classname: name, name: 'leaves nothing running', time: '0' })}/>`]
      : leaks.map((each) => caseElement(each, name, roots))
  return `${[
    `  <testsuite ${attributes({
      id: String(id),
      package: 'leakwatch',
      name: processName(process),
      tests: String(cases.length),
      failures: String(leaks.length),
      errors: '0',
      time: (process.uptimeMs / 1000).toFixed(3),
      timestamp: at.slice(0, 19),
      hostname: process.hostname || 'localhost',
    })}>`,
    '    <properties>',
    ...Object.entries(propertiesOf(process)).map(
      ([key, value]) => `      <property ${attributes({ name: key, value })}/>`,
    ),
    '    </properties>',
    ...cases.map((each) => `    ${each}`),
    `    <system-out>${content(warnings.map(textOf).join('\n\n'))}</system-out>`,
    '    <system-err></system-err>',
    '  </testsuite>',
  ].join('\n')}\n`
}

function propertiesOf({ pid, threadId, node, cwd }: Process): Record<string, string> {
  return { pid: String(pid), threadId: String(threadId), node, cwd }
}

/** The name of a test is the same in each run, as tools compare runs by it. The id distinguishes two bugs of one file. */
function caseElement(located: LocatedFinding, classname: string, roots: Roots): string {
  const { finding, name, site } = located
  const file = site === null ? '' : ` in ${repositoryPath(site.file, roots) ?? site.file}`
  const title = `${name} ${finding.kind}${file} (${finding.id})`
  return (
    `<testcase ${attributes({ classname, name: title, time: '0' })}>` +
    `<failure ${attributes({ type: finding.kind, message: finding.message })}>${content(textOf(located))}</failure></testcase>`
  )
}

function textOf({ finding, processes, details }: LocatedFinding): string {
  const seen = processes.length === 0 ? '' : ` (in ${processes.join(', ')})`
  return [`${finding.severity}: ${finding.message}${seen}`, ...details.map((line) => `  ${line}`)]
    .map(escapeControls)
    .join('\n')
}

function attributes(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([name, value]) => `${name}="${content(escapeControls(value))}"`)
    .join(' ')
}

/** Escapes `>` too, as text must not contain `]]>`. Characters that XML forbids even when escaped become U+FFFD. */
function content(text: string): string {
  return wellFormed(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
