/** What is told of a run that does not end. Loaded where there is such a thing. */
import { findingLines } from '../../report/formats/text.ts'
import { writeAll } from '../../report/output/write.ts'
import type { Report } from '../../report/schema/report.ts'
import { partsById } from '../../report/words/finding-rows.ts'
import { processName } from '../../report/words/headline.ts'
import { rowLines, runnerPage } from '../../report/words/page.ts'
import { showSite } from '../../report/words/site.ts'
import { stdinRows } from '../../report/words/stdin.ts'

/** The process's own, and the runner's way to its parent. */
const isOfProcess = /^(?:TTYWrap|PipeWrap|MessagePort)$/

/** Whether there was anything to tell. */
export function tellHeld(report: Report | null): boolean {
  if (report === null) return false
  const parts = partsById(report)
  const show = showSite(report.process.cwd, true)
  const head = `${hasNotEnded(processName(report.process))}: something that no test was blamed for holds it`
  const findings = report.findings.map((finding) =>
    findingLines(runnerPage, { ...finding, severity: 'warning' }, parts, show),
  )
  const stdin = rowLines(runnerPage, stdinRows(report, show))
  const blocks = [[head], ...findings, ...(stdin.length === 0 ? [] : [stdin])]
  writeAll(2, `\n${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`)
  return true
}

/** The same of what leakwatch has not seen. `request`: of the types that end by themselves. */
export function tellUnseen(request: RegExp): boolean {
  const types = new Set(
    process.getActiveResourcesInfo().filter((type) => !request.test(type) && !isOfProcess.test(type)),
  )
  if (isStdinRead()) types.add('process.stdin')
  if (types.size === 0) return false
  const head = hasNotEnded(`process ${process.pid}`)
  writeAll(
    2,
    `\n${head}: it is held by what\nleakwatch did not see being opened (${[...types].map(kindOf).join(', ')}). Load leakwatch before that.\n`,
  )
  return true
}

interface OpenHandle {
  fd?: unknown
  _handle?: { reading?: boolean } | null
}

/** To ask for `process.stdin` would open it. */
function isStdinRead(): boolean {
  const { _getActiveHandles: open } = process as { _getActiveHandles?: () => OpenHandle[] }
  return open?.call(process).some(({ fd, _handle }) => fd === 0 && _handle?.reading === true) === true
}

/** What Node calls them, in words that people do. */
const kinds: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  TCPServerWrap: 'a server',
  TCPSocketWrap: 'a socket',
  ProcessWrap: 'a child process',
  Worker: 'a worker',
  'process.stdin': 'process.stdin, which is read',
}

function kindOf(type: string): string {
  return kinds[type] ?? type
}

function hasNotEnded(name: string): string {
  return `leakwatch: the tests have ended, ${name} has not`
}
