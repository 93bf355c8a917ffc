/** `leakwatch diff`: what grew between two reports. */
import { Command, Option } from 'commander'
import { standardOutput } from '../report/choose-format.ts'
import { type Difference, differenceOf, isGrowth } from '../report/growth.ts'
import { formatDifferenceJson } from '../report/growth-json.ts'
import { formatDifference } from '../report/growth-text.ts'
import type { Report } from '../report/report.ts'
import { standingOf } from '../report/standing.ts'
import { examples } from './examples.ts'
import { Misuse } from './misuse.ts'
import { print } from './print.ts'
import { noReports, saved } from './saved-reports.ts'
import { coloured } from './surroundings.ts'

/** As of a process that leaked. */
const grewCode = 23

interface Options {
  format: 'text' | 'json'
  fail?: true
}

export function diffCommand(): Command {
  return new Command('diff')
    .summary('tell what grew between two reports')
    .description(
      'Tells what grew between two reports, what is new and what is gone, and how fast.\n' +
        'A folder counts as all of its processes together, each by its last report.',
    )
    .argument('<before>', 'a report, a folder of them, or `-` for standard input')
    .argument(
      '[after]',
      'the same, later or of another version; without it the first and the last report of each process in the folder `before`',
    )
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .option('--fail', 'exit with 23 where something grew')
    .addHelpText(
      'after',
      examples([
        ['leakwatch diff ten.json noon.json', 'one process, two hours later'],
        ['leakwatch diff reports/', 'since its first report'],
        ['leakwatch diff monday/ friday/', 'all processes of a fleet'],
        ['leakwatch diff --fail main/ branch/', 'in CI: no more than on main'],
      ]),
    )
    .action(diff)
}

async function diff(before: string, after: string | undefined, { format, fail }: Options): Promise<void> {
  const first = await reportsAt(before, after !== undefined)
  if (after === undefined && first.length < 2) throw alone(before)
  const difference =
    after === undefined
      ? differenceOf(standingOf(first, 'first'), standingOf(first))
      : differenceOf(standingOf(first), standingOf(await reportsAt(after, true)))
  if (difference.shared > 0 && difference.elapsedMs < 0) throw swapped(before, after ?? before, difference)
  const output = standardOutput()
  print(
    format === 'json'
      ? formatDifferenceJson(difference)
      : formatDifference(difference, { width: output.width, coloured: coloured(output) }),
  )
  if (fail && difference.growths.some(isGrowth)) process.exitCode = grewCode
}

/**
 * Half of the reports would give half of the truth: what cannot be read ends it. Where nothing leaked a folder is empty, which is as good
 * to compare with as any (`mayBeNone`).
 */
async function reportsAt(path: string, mayBeNone: boolean): Promise<Report[]> {
  const { reports, complaints } = await saved(path)
  const complaint = complaints.find(({ code }) => !mayBeNone || code !== noReports)
  if (complaint !== undefined) throw complaint
  return reports
}

function alone(path: string): Misuse {
  return new Misuse('LEAKWATCH_DIFF_ALONE', `expected two reports to compare; got one, in \`${path}\``)
}

function swapped(before: string, after: string, difference: Difference): Misuse {
  return new Misuse(
    'LEAKWATCH_DIFF_ORDER',
    `expected \`${before}\` to be older than \`${after}\`, which tells of the same process; got ${difference.before.to} and ${difference.after.to}`,
  )
}
