/** A run whose tests have ended has to end: what holds it is told, or was told already. */
import { later } from '../core/clock.ts'
import { attempt } from '../core/faults.ts'
import { partsById } from '../report/finding-rows.ts'
import { processName } from '../report/headline.ts'
import { runnerPage } from '../report/page.ts'
import { showPlace } from '../report/place.ts'
import type { Report } from '../report/report.ts'
import { findingLines } from '../report/text.ts'
import { writeAll } from '../report/write.ts'
import type { TestSession } from './session.ts'

/** What closes by itself has closed by then. */
const firstLookMs = 50
const lookMs = 100
const toldAfterMs = 1000
/** The process's own, and the runner's way to its parent. */
const isOfProcess = /^(?:TTYWrap|PipeWrap|MessagePort)$/
/** Of `process.getActiveResourcesInfo()`: what is being written, looked up or connected, and ends by itself. */
const request = /Req|(?:Connect|Shutdown|Write)Wrap$/

/**
 * Called once the runner has no more to do in this process: ends it, with the exit code of the runner's, where nothing but reported
 * leaks holds it. What else does is told after a second, once. `null`: the runner has yet to sum up.
 */
export function watchRunEnd(session: TestSession, exitCode: () => number | null): void {
  let waitedMs = 0
  let isTold = false
  let lastWasReported = false
  const look = (): void => {
    if (session.endsRun) session.letGo()
    const { isReported, isUnseen, others } = session.holding()
    // Some handles keep it alive all the same.
    if (
      isReported &&
      session.endsRun &&
      waitedMs >= toldAfterMs &&
      !process.getActiveResourcesInfo().some((type) => request.test(type))
    ) {
      // What was written last may still be on its way.
      const code = lastWasReported ? exitCode() : null
      if (code !== null) process.exit(code)
      lastWasReported = true
    } else lastWasReported = false
    if (waitedMs >= toldAfterMs && !isTold) isTold = isUnseen ? tellUnseen() : tellHeld(others())
    lookAgain(lookMs)
  }
  const lookAgain = (ms: number): void => {
    later(ms, () => {
      waitedMs += ms
      attempt('looking at what holds a test run', look)
    })
  }
  lookAgain(firstLookMs)
}

/** Whether there was anything to tell. */
function tellHeld(report: Report | null): boolean {
  if (report === null) return false
  const parts = partsById(report)
  const show = showPlace(report.process.cwd, true)
  const head = `${hasNotEnded(processName(report.process))}: something that no test was blamed for holds it`
  const findings = report.findings.map((finding) =>
    findingLines(runnerPage, { ...finding, severity: 'warning' }, parts, show),
  )
  writeAll(2, `\n${[[head], ...findings].map((lines) => lines.join('\n')).join('\n\n')}\n`)
  return true
}

function tellUnseen(): boolean {
  const types = new Set(
    process.getActiveResourcesInfo().filter((type) => !request.test(type) && !isOfProcess.test(type)),
  )
  if (types.size === 0) return false
  const head = hasNotEnded(`process ${process.pid}`)
  writeAll(
    2,
    `\n${head}: it is held by what\nleakwatch did not see being opened (${[...types].map(kindOf).join(', ')}). Load leakwatch before that.\n`,
  )
  return true
}

/** What Node calls them, in words that people do. */
const kinds: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  TCPServerWrap: 'a server',
  TCPSocketWrap: 'a socket',
  ProcessWrap: 'a child process',
  Worker: 'a worker',
}

function kindOf(type: string): string {
  return kinds[type] ?? type
}

function hasNotEnded(name: string): string {
  return `leakwatch: the tests have ended, ${name} has not`
}
