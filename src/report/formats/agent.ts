/**
 * The findings for a coding agent: where, what, what to write, and the command that proves it. Plain lines without colour, frames or
 * wrapping, and fewer than forty of them: an agent pays for each, and a terminal that it reads from may cut the rest.
 */

import { type LocatedFinding, locatedFindings } from '../model/located-findings.ts'
import type { Report } from '../schema/report.ts'
import { escapeControls } from '../words/escape.ts'
import { counted, headline } from '../words/headline.ts'
import { clip } from '../words/layout.ts'
import { apartFromRunning } from '../words/running.ts'
import { seenText } from '../words/sightings.ts'
import { shortPath, showSite } from '../words/site.ts'
import { treeHeadline, treeRows } from '../words/tree-text.ts'
import type { Format } from './format.ts'

export const format: Format = {
  isDocument: true,
  // biome-ignore lint/correctness/useYield: it is made at once
  *rendering(reports, { workspace }) {
    return formatAgent(reports, workspace())
  },
}

const linesOfFindings = 30
const notesShown = 4
const commandsShown = 3
const longestLine = 1000

/** `folder`: the one that paths are relative to. */
export function formatAgent(reports: readonly Report[], folder: string): string {
  const told = reports.map((report) => apartFromRunning(report).told)
  const all = locatedFindings(told)
  const found = all.map((each) => findingLines(each, folder))
  const shown = firstOf(found)
  const hidden = found.length - shown.length
  const lines = [
    headOf(told, all),
    ...shown.flatMap((each, index) => [`${index + 1}. ${each[0]}`, ...each.slice(1)]),
    ...(hidden === 0 ? [] : [`and ${counted(hidden, 'finding')} more: \`--format text\` shows all`]),
    ...notesOf(told),
    ...(all.length === 0 ? [] : proofs(told, folder)),
  ]
  return lines.map((line) => `${clip(escapeControls(line), longestLine)}\n`).join('')
}

function headOf(reports: readonly Report[], all: readonly LocatedFinding[]): string {
  const [only] = reports
  if (only !== undefined && reports.length === 1)
    return only.processes === undefined ? headline(only) : treeHeadline(only)
  const leaks = all.filter(({ finding }) => finding.severity === 'leak').length
  const warnings = all.length - leaks
  const said = [
    leaks > 0 ? counted(leaks, 'leak') : '',
    warnings > 0 ? counted(warnings, 'warning') : '',
  ].filter((text) => text !== '')
  return `leakwatch: ${said.join(', ') || 'nothing to report'} in ${counted(reports.length, 'report')}`
}

function findingLines({ finding, site, name, code, processes }: LocatedFinding, folder: string): string[] {
  const { kind, severity, message, fix, test, id, seen } = finding
  const place = site === null ? name : showSite(folder, false)(site)
  const others = processes.length > 1 ? ` (in ${processes.length} processes)` : ''
  const tests = test === null ? [] : [[shortPath(test.file, folder), test.name, test.hook]]
  return [
    `${place} ${severity} ${kind} ${id}: ${message}${others}`,
    ...(code === null ? [] : [`   code: ${code}`]),
    ...tests.map((parts) => `   test: ${parts.filter((part) => part !== null).join(' > ')}`),
    ...(seen === undefined ? [] : [`   seen: ${seenText(seen)}`]),
    `   fix: ${fix}`,
  ]
}

/** As many as there is room for. */
function firstOf(found: readonly string[][]): string[][] {
  let used = 0
  return found.filter((each) => {
    used += each.length
    return used <= linesOfFindings
  })
}

/** Of processes that did not report, or were left behind: what is missing from the findings. */
function notesOf(reports: readonly Report[]): string[] {
  const rows = reports.flatMap((report) => (report.processes === undefined ? [] : treeRows(report)))
  return rows.slice(0, notesShown).map(({ label, lines }) => `${label}: ${lines.join('; ')}`)
}

function proofs(reports: readonly Report[], folder: string): string[] {
  const all = new Set(
    reports.filter(({ findings }) => findings.length > 0).map((report) => proofOf(report, folder)),
  )
  return [...all].slice(0, commandsShown).map((proof) => `prove: ${proof}`)
}

const live: ReadonlySet<string> = new Set(['signal', 'call', 'check'])

/** How to see that the fix is one. */
function proofOf({ command, trigger, findings, process: { main } }: Report, folder: string): string {
  if (command !== undefined) return `npx leakwatch run -- ${command}`
  if (live.has(trigger))
    return 'restart the program, give it the same load, and ask it again: npx leakwatch ps, npx leakwatch dump <pid>'
  const test = findings.find(({ test }) => test !== null)?.test
  if (test) return `run the tests of ${shortPath(test.file, folder)} again, as npx leakwatch run -- <command>`
  if (main === null) return 'npx leakwatch run -- <the same command>'
  const script = shortPath(main, folder)
  return `npx leakwatch run -- node ${/^[\w@%+=:,./-]+$/.test(script) ? script : JSON.stringify(script)}`
}
