/** `leakwatch ps`: lists the watched processes of this user, with what each answers. */
import { Command, Option } from 'commander'
import { serviceName } from '../report/model/service.ts'
import { standardOutput } from '../report/output/choose-format.ts'
import { shownName, shownPath } from '../report/secrets/shown.ts'
import { escapeJson } from '../report/words/escape.ts'
import { countedFindings } from '../report/words/headline.ts'
import { apartFromRunning } from '../report/words/running.ts'
import { print } from './console/print.ts'
import type { ProcessLine } from './ps-table.ts'
import { askForReport } from './targets/ask-for-report.ts'
import { NoReport } from './targets/no-report.ts'
import { removeStaleFiles, type WatchedProcess, watchedProcesses } from './targets/watched-process.ts'

/** Shorter than for a report: a process that does not answer is listed as such. */
const timeoutMs = 3000

export function psCommand(): Command {
  return new Command('ps')
    .summary('list the watched processes of this user')
    .description('Lists the watched processes of this user, what runs in each, and what was found.')
    .addOption(new Option('--format <format>', 'how to print them').choices(['text', 'json']).default('text'))
    .action(async ({ format }: { format: 'text' | 'json' }) => {
      removeStaleFiles()
      const lines = await Promise.all(watchedProcesses().map(lineOf))
      if (format === 'json') {
        print(`${escapeJson(JSON.stringify(lines.map(({ findings: _, ...line }) => line)))}\n`)
        return
      }
      // The package that it measures names with is read for this and `top` alone.
      const { processTable } = await import('./ps-table.ts')
      print(processTable(lines, standardOutput().width))
    })
}

async function lineOf(watched: WatchedProcess): Promise<ProcessLine> {
  const { seen, entry } = watched
  const { node, signal } = entry
  const service = shownName(serviceName(entry.service, entry.main))
  const main = entry.main === null ? null : shownPath(entry.main)
  const line = { pid: seen.pid, service, main, node, signal, ageMs: Math.round(seen.ageMs) }
  try {
    const report = await askForReport(watched, timeoutMs)
    const { leaks, warnings, engines } = report.summary
    const findings = countedFindings(apartFromRunning(report).told)
    return { ...line, running: engines.running, leaks, warnings, findings, unanswered: null }
  } catch (error) {
    if (!(error instanceof NoReport)) throw error
    return {
      ...line,
      running: null,
      leaks: null,
      warnings: null,
      findings: null,
      unanswered: error.shortReason,
    }
  }
}
