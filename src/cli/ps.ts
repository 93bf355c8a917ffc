/** `leakwatch ps`: the watched processes of this user, each as it answers. */
import { Command, Option } from 'commander'
import { standardOutput } from '../report/choose-format.ts'
import { escapeJson } from '../report/escape.ts'
import { serviceName } from '../report/service.ts'
import { ask } from './ask.ts'
import { print } from './print.ts'
import { type Line, table } from './ps-table.ts'
import { Unanswered } from './unanswered.ts'
import { clearUp, type WatchedProcess, watchedProcesses } from './watched-process.ts'

/** A list is not waited for as a report is: who does not answer is listed with that. */
const patienceMs = 3000

export function psCommand(): Command {
  return new Command('ps')
    .summary('list the watched processes of this user')
    .description(
      'Lists the watched processes of this user, each as it answers: what runs in it, and what was found.',
    )
    .addOption(new Option('--format <format>', 'how to print them').choices(['text', 'json']).default('text'))
    .action(async ({ format }: { format: 'text' | 'json' }) => {
      clearUp()
      const lines = await Promise.all(watchedProcesses().map(lineOf))
      print(
        format === 'json' ? `${escapeJson(JSON.stringify(lines))}\n` : table(lines, standardOutput().width),
      )
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
