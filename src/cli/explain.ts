/** `leakwatch explain`: what a finding means, how it comes about, and how to fix it. */

import { Command } from 'commander'
import { CodedError } from '../errors/coded-error.ts'
import { errors } from '../errors/errors.ts'
import { isKind, kindNames } from '../judge/kinds/list.ts'
import { findingLines } from '../report/formats/text.ts'
import { type Destination, standardOutput } from '../report/output/choose-format.ts'
import { writeAll } from '../report/output/write.ts'
import type { Report } from '../report/schema/report.ts'
import { painter } from '../report/words/colour.ts'
import { escapeControls } from '../report/words/escape.ts'
import { formatExplanation, formatKinds } from '../report/words/explanation-text.ts'
import { partsById } from '../report/words/finding-rows.ts'
import { headline } from '../report/words/headline.ts'
import { explanationOf } from '../report/words/kinds/words.ts'
import { wrap } from '../report/words/layout.ts'
import type { Page } from '../report/words/page.ts'
import { showSite } from '../report/words/site.ts'
import { isOutputColoured, savedReportsPath } from './console/environment.ts'
import { examples } from './console/examples.ts'
import { print } from './console/print.ts'
import { readReports } from './saved/read-reports.ts'

export function explainCommand(): Command {
  return new Command('explain')
    .summary('explain what a finding means, and how to fix it')
    .description(
      'Explains what a finding means, how such a leak comes about and how to fix it,\n' +
        'with code before and after. Without an argument it lists the kinds.',
    )
    .argument(
      '[kind or id]',
      'a kind (`never-stopped`), or the id of a finding in a saved report; its first digits are enough',
    )
    .option(
      '--in <file or folder>',
      'where to look for an id (default: LEAKWATCH_OUT, else the working directory)',
    )
    .addHelpText(
      'after',
      examples([
        ['leakwatch explain', 'the kinds'],
        ['leakwatch explain stop-incomplete', 'one of them'],
        ['leakwatch explain 3f2a91c0d4e5 --in reports/', 'one finding, with its places'],
      ]),
    )
    .action(explain)
}

async function explain(what: string | undefined, options: { in?: string }): Promise<void> {
  const page = pageOf(standardOutput())
  if (options.in !== undefined && (what === undefined || isKind(what)))
    writeAll(2, 'leakwatch: `--in` has no effect: it says where to look for the id of a finding\n')
  if (what === undefined) print(formatKinds(page))
  else print(kindExplanation(page, what) ?? (await findingExplanation(page, what, options.in)))
}

function pageOf(output: Destination): Page {
  return { width: Math.max(40, output.width), paint: painter(isOutputColoured(output)) }
}

function kindExplanation(page: Page, what: string): string | null {
  const explanation = explanationOf(what)
  return explanation === null ? null : formatExplanation(page, what, explanation)
}

/** Of the last report that has the finding. */
async function findingExplanation(page: Page, id: string, named: string | undefined): Promise<string> {
  if (!/^[0-9a-f]{4,12}$/.test(id)) throw unknownKind(id)
  const folder = named ?? defaultFolder()
  const { reports, complaints } = await readReports(folder)
  for (const report of reports.toReversed()) {
    const finding = report.findings.find((each) => each.id.startsWith(id))
    if (finding === undefined) continue
    const show = showSite(report.process.cwd, false)
    const seen = wrap(
      escapeControls(`${headline(report)}, ${report.at} on ${report.process.hostname}`),
      page.width,
    )
    const lines = [...seen, '', ...findingLines(page, finding, partsById(report), show), '', '']
    return lines.join('\n') + (kindExplanation(page, finding.kind) ?? '')
  }
  throw findingNotFound(id, folder, reports, complaints[0])
}

/** Where `LEAKWATCH_OUT` saves reports. If its name has placeholders, the folder before them. */
function defaultFolder(): string {
  const out = savedReportsPath()
  if (out === null) return '.'
  const fixed = out.split(/%[ptn]/)[0] as string
  return fixed === out ? out : fixed.slice(0, fixed.lastIndexOf('/') + 1) || '.'
}

function unknownKind(what: string): CodedError {
  const kinds = kindNames.map((kind) => `\`${kind}\``)
  return new CodedError(errors.LEAKWATCH_KIND_UNKNOWN(kinds.join(', '), what))
}

function findingNotFound(
  id: string,
  folder: string,
  reports: readonly Report[],
  complaint: CodedError | undefined,
): CodedError {
  const looked = reports.length === 1 ? '1 report' : `${reports.length} reports`
  const got =
    reports.length === 0 && complaint !== undefined
      ? `nothing to look in (${complaint.message})`
      : `none in its ${looked}`
  return new CodedError(errors.LEAKWATCH_ID_UNKNOWN(id, folder, got))
}
