/** `leakwatch ps`: the watched processes of this user, each as it answers. */
import { Command, Option } from 'commander'
import { standardOutput } from '../report/choose-format.ts'
import { escapeControls } from '../report/escape.ts'
import { counted } from '../report/headline.ts'
import { clip, length } from '../report/layout.ts'
import { serviceName } from '../report/service.ts'
import { duration } from '../report/wording.ts'
import { writeAll } from '../report/write.ts'
import { ask } from './ask.ts'
import { Unanswered } from './unanswered.ts'
import { clearUp, type WatchedProcess, watchedProcesses } from './watched-process.ts'

/** A list is not waited for as a report is: who does not answer is listed with that. */
const patienceMs = 3000

interface Line {
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

export function psCommand(): Command {
  return new Command('ps')
    .description('lists the watched processes of this user')
    .addOption(new Option('--format <format>', 'how to print them').choices(['text', 'json']).default('text'))
    .action(async ({ format }: { format: 'text' | 'json' }) => {
      clearUp()
      const lines = await Promise.all(watchedProcesses().map(lineOf))
      writeAll(1, format === 'json' ? `${JSON.stringify(lines)}\n` : table(lines, standardOutput().width))
    })
}

async function lineOf(watched: WatchedProcess): Promise<Line> {
  const { seen, entry } = watched
  const { main, node, signal } = entry
  const service = serviceName(entry.service, main)
  const line = { pid: seen.pid, service, main, node, signal, ageMs: Math.round(seen.ageMs) }
  try {
    const { summary } = await ask(watched, patienceMs)
    const { leaks, warnings, engines } = summary
    return { ...line, running: engines.running, leaks, warnings, unanswered: null }
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error
    return { ...line, running: null, leaks: null, warnings: null, unanswered: error.inShort }
  }
}

const none = 'No process of this user is watched. Start one with `node --import leakwatch app.js`.\n'
const headings = ['PID', 'SERVICE', 'AGE', 'RUNNING', 'FINDINGS'] as const
const gap = '  '
/** Left of these the room is the service's. */
const longestFindings = 24

function table(lines: readonly Line[], width: number): string {
  if (lines.length === 0) return none
  const rows = [[...headings], ...lines.map(cells)]
  const columns = headings.map((_, index) => Math.max(...rows.map((row) => length(row[index] ?? ''))))
  const [pid = 0, service = 0, age = 0, running = 0, findings = 0] = columns
  const others = pid + age + running + Math.max(findings, longestFindings) + 4 * gap.length
  const room = Math.max(headings[1].length, Math.min(service, width - others))
  const text = rows.map(([first = '', name = '', second = '', third = '', last = '']) =>
    [
      first.padStart(pid),
      clip(name, room).padEnd(room + name.length - length(name)),
      second.padStart(age),
      third.padStart(running),
      last,
    ].join(gap),
  )
  return `${text.map((line) => line.trimEnd()).join('\n')}\n`
}

function cells({ pid, service, ageMs, running, leaks, warnings, unanswered }: Line): string[] {
  return [
    String(pid),
    escapeControls(service),
    duration(ageMs),
    running === null ? '-' : String(running),
    unanswered === null ? findings(leaks ?? 0, warnings ?? 0) : `- (${unanswered})`,
  ]
}

function findings(leaks: number, warnings: number): string {
  const counts = [leaks > 0 ? counted(leaks, 'leak') : '', warnings > 0 ? counted(warnings, 'warning') : '']
  return counts.filter((text) => text !== '').join(', ') || 'none'
}
