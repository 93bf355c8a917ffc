/** What `leakwatch ps` prints for people. */
import { escapeControls } from '../report/words/escape.ts'
import { duration } from '../report/words/wording.ts'
import { clip, padded } from './console/fitting.ts'
import { columnsOf } from './console/terminal.ts'

export interface ProcessLine {
  pid: number
  service: string
  main: string | null
  node: string
  signal: string | null
  ageMs: number
  /** `null`: the process did not answer. */
  running: number | null
  leaks: number | null
  warnings: number | null
  /** As the text of its report counts them: what merely runs is none; empty: none. */
  findings: string | null
  /** Why it did not answer. */
  unanswered: string | null
}

const noProcessText =
  'No process of this user is watched. Start one with `node --require leakwatch app.js`.\n'
const headings = ['PID', 'SERVICE', 'AGE', 'RUNNING', 'FINDINGS'] as const
const gap = '  '
/** Room that is kept for the findings; the name of the service gets the rest. */
const longestFindings = 24

/** Columns are as wide as they have to be. A long name of a service is cut. */
export function processTable(lines: readonly ProcessLine[], width: number): string {
  if (lines.length === 0) return noProcessText
  const rows = [[...headings], ...lines.map(cellsOf)]
  const columns = headings.map((_, index) => Math.max(...rows.map((row) => columnsOf(row[index] ?? ''))))
  const [pid = 0, service = 0, age = 0, running = 0, findings = 0] = columns
  const others = pid + age + running + Math.max(findings, longestFindings) + 4 * gap.length
  const room = Math.max(headings[1].length, Math.min(service, width - others))
  const text = rows.map(([first = '', name = '', second = '', third = '', last = '']) =>
    [
      first.padStart(pid),
      padded(clip(name, room), room, 'end'),
      second.padStart(age),
      third.padStart(running),
      last,
    ].join(gap),
  )
  return `${text.map((line) => line.trimEnd()).join('\n')}\n`
}

function cellsOf({ pid, service, ageMs, running, findings, unanswered }: ProcessLine): string[] {
  return [
    String(pid),
    escapeControls(service),
    duration(ageMs),
    running === null ? '-' : String(running),
    unanswered === null ? findings || 'none' : `- (${unanswered})`,
  ]
}
