/** What `leakwatch ps` prints for people. */
import { escapeControls } from '../report/escape.ts'
import { counted } from '../report/headline.ts'
import { clip, length } from '../report/layout.ts'
import { duration } from '../report/wording.ts'

export interface Line {
  pid: number
  service: string
  main: string | null
  node: string
  signal: string | null
  ageMs: number
  /** `null`: it did not answer. */
  running: number | null
  leaks: number | null
  warnings: number | null
  /** Why it did not. */
  unanswered: string | null
}

const none = 'No process of this user is watched. Start one with `node --import leakwatch app.js`.\n'
const headings = ['PID', 'SERVICE', 'AGE', 'RUNNING', 'FINDINGS'] as const
const gap = '  '
/** Left of these the room is the service's. */
const longestFindings = 24

/** Columns of the width that they need; a long service name gives way. */
export function table(lines: readonly Line[], width: number): string {
  if (lines.length === 0) return none
  const rows = [[...headings], ...lines.map(cells)]
  const columns = headings.map((_, index) => Math.max(...rows.map((row) => length(row[index] ?? ''))))
  const [pid = 0, service = 0, age = 0, running = 0, findings = 0] = columns
  const others = pid + age + running + Math.max(findings, longestFindings) + 4 * gap.length
  const room = Math.max(headings[1].length, Math.min(service, width - others))
  const text = rows.map(([first = '', name = '', second = '', third = '', last = '']) =>
    [
      first.padStart(pid),
      padded(clip(name, room), room),
      second.padStart(age),
      third.padStart(running),
      last,
    ].join(gap),
  )
  return `${text.map((line) => line.trimEnd()).join('\n')}\n`
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - length(text))
}

function cells({ pid, service, ageMs, running, leaks, unanswered }: Line): string[] {
  return [
    String(pid),
    escapeControls(service),
    duration(ageMs),
    running === null ? '-' : String(running),
    unanswered === null ? findings(leaks ?? 0) : `- (${unanswered})`,
  ]
}

/** That engines run, and hold something, is no finding of a process that is to run on. */
function findings(leaks: number): string {
  return leaks === 0 ? 'none' : counted(leaks, 'leak')
}
