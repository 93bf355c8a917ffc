/** A leak of a test, as a runner shows an error: a message, and a stack that begins where the engine was started. */

import type { Finding, Frame, Report, Site, Stack } from '../../report/schema/report.ts'
import { escapeControls } from '../../report/words/escape.ts'
import { findingRows, type PartsById, partsById } from '../../report/words/finding-rows.ts'
import { roomOf, rowLines, runnerPage } from '../../report/words/page.ts'
import { showSite } from '../../report/words/site.ts'

export interface TestLeak {
  message: string
  /** In V8's format, with places in the source. The runner shows the first place. */
  stack: string
  test: Finding['test']
  /** Where the engine was started or the orphan was opened. */
  site: Site | null
}

/** The leaks among the findings of a report. */
export function testLeaksIn(report: Report): TestLeak[] {
  const parts = partsById(report)
  return report.findings
    .filter(({ severity }) => severity === 'leak')
    .map((finding) => testLeak(finding, parts, report.process.cwd))
}

function testLeak(finding: Finding, parts: PartsById, cwd: string): TestLeak {
  const rows = findingRows(finding, parts, showSite(cwd, true), roomOf(runnerPage))
  const message = [escapeControls(finding.message), ...rowLines(runnerPage, rows)].join('\n')
  const stack = stackOf(finding, parts)
  return {
    message,
    stack: `LeakError: ${message}\n${traceOf(stack)}`,
    test: finding.test,
    site: siteOf(stack),
  }
}

function stackOf({ engine: id, handles: [first] }: Finding, parts: PartsById): Stack | null {
  const engine = id === null ? undefined : parts.engines.get(id)
  if (engine !== undefined) return engine.started ?? engine.created
  return first === undefined ? null : (parts.handles.get(first)?.created ?? null)
}

/** The stack from the program's first frame on, without native code, which has no place. */
function traceOf(stack: Stack | null): string {
  const frames = stack?.frames ?? []
  return frames
    .slice(Math.max(0, frames.findIndex(isProgram)))
    .filter(({ file, internal }) => file !== null && !internal)
    .map(frameText)
    .join('\n')
}

function siteOf(stack: Stack | null): Site | null {
  const { file = null, line = null, column = null } = stack?.frames.find(isProgram) ?? {}
  return file === null || line === null ? null : { file, line, column: column ?? 1 }
}

function isProgram({ internal, dependency }: Frame): boolean {
  return !internal && !dependency
}

function frameText({ function: name, file, line, column }: Frame): string {
  const place = `${file}:${line ?? 1}:${column ?? 1}`
  return name === null ? `    at ${place}` : `    at ${name} (${place})`
}
