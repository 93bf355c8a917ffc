/** `leakwatch diff`: what grew between two reports. */

import { Command, Option } from 'commander'
import { CodedError } from '../errors/coded-error.ts'
import { errors } from '../errors/errors.ts'
import { formatDifferenceHtml } from '../report/formats/growth-html.ts'
import { formatDifferenceJson, formatDifferenceNdjson } from '../report/formats/growth-json.ts'
import { formatDifference } from '../report/formats/growth-text.ts'
import { type Difference, differenceOf, isGrowth } from '../report/model/growth.ts'
import type { Inventory } from '../report/model/inventory.ts'
import { standardOutput } from '../report/output/choose-format.ts'
import { isOutputColoured } from './console/environment.ts'
import { examples } from './console/examples.ts'
import { print } from './console/print.ts'
import { inventoriesAt } from './saved/read-inventory.ts'

/** The same as for a process that leaked. */
const grewCode = 23

interface Options {
  format: 'text' | 'json' | 'ndjson' | 'html'
  fail?: true
}

export function diffCommand(): Command {
  return new Command('diff')
    .summary('show what grew between two reports')
    .description(
      'Shows what grew between two reports and how fast, what is new and what is gone.\n' +
        'Of a folder it takes the last report of each process, all of them together.',
    )
    .argument('<before>', 'a report, a folder of them, or `-` for standard input')
    .argument(
      '[after]',
      'a later report or folder; without it the first and the last report of each process in `before` are compared',
    )
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['text', 'json', 'ndjson', 'html'])
        .default('text'),
    )
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
  const difference = await differenceBetween(before, after)
  if (difference.shared > 0 && difference.elapsedMs < 0) throw wrongOrder(before, after ?? before, difference)
  const output = standardOutput()
  if (format === 'json') print(formatDifferenceJson(difference))
  else if (format === 'ndjson') print(formatDifferenceNdjson(difference))
  else if (format === 'html') print(formatDifferenceHtml(difference))
  else print(formatDifference(difference, { width: output.width, coloured: isOutputColoured(output) }))
  if (fail && difference.growths.some(isGrowth)) process.exitCode = grewCode
}

async function differenceBetween(before: string, after: string | undefined): Promise<Difference> {
  if (after === undefined) {
    const { inventories, reports } = await inventoriesAt(before, ['first', 'last'], false)
    if (reports < 2) throw onlyOneReport(before)
    return differenceOf(...(inventories as [Inventory, Inventory]))
  }
  const [was] = (await inventoriesAt(before, ['last'], true)).inventories
  const [is] = (await inventoriesAt(after, ['last'], true)).inventories
  return differenceOf(was as Inventory, is as Inventory)
}

function onlyOneReport(path: string): CodedError {
  return new CodedError(errors.LEAKWATCH_DIFF_ALONE(path))
}

function wrongOrder(before: string, after: string, difference: Difference): CodedError {
  return new CodedError(errors.LEAKWATCH_DIFF_ORDER(before, after, difference.before.to, difference.after.to))
}
