/** `leakwatch top`: shows what runs in the watched processes of this user, and what becomes more. */
import { Command } from 'commander'
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import { examples } from '../console/examples.ts'
import { pidOf } from '../targets/pid.ts'
import { removeStaleFiles, watchedProcess } from '../targets/watched-process.ts'

interface TopOptions {
  interval: string
  once?: true
}

export function topCommand(): Command {
  return new Command('top')
    .summary('show live what runs in watched processes, and what grows')
    .description(
      'Shows the watched processes of this user and their engines, and how many more run each minute. ' +
        'Where its output is no terminal it prints one page and ends.',
    )
    .argument('[pid...]', 'watched processes of this user (default: all, also those that come)')
    .option('--interval <seconds>', 'how often to look, from 1 to 30', '1')
    .option('--once', 'print one page, after two looks')
    .addHelpText(
      'after',
      examples([
        ['leakwatch top', 'all watched processes; `?` explains the keys'],
        ['leakwatch top 4711 --interval 5', 'one of them'],
        ['leakwatch top --once --interval 30', 'what grew in half a minute, as a page'],
      ]),
    )
    .action(top)
}

async function top(pids: string[], { interval, once }: TopOptions): Promise<void> {
  const intervalMs = intervalOf(interval)
  removeStaleFiles()
  const chosen = await Promise.all([...new Set(pids.map(pidOf))].map(watchedProcess))
  // The packages that it draws with are read for this command alone.
  const { showLive, showOnce } = await import('./top.ts')
  const isScreen = process.stdout.isTTY && once !== true
  await (isScreen ? showLive : showOnce)(chosen, intervalMs)
}

/** A process waits for a minute that its answer is read. */
const longestSeconds = 30
/** A process counts no more often. */
const shortestSeconds = 1

function intervalOf(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0
  if (seconds >= shortestSeconds && seconds <= longestSeconds) return seconds * 1000
  throw new CodedError(errors.LEAKWATCH_INTERVAL_INVALID(text, shortestSeconds, longestSeconds))
}
