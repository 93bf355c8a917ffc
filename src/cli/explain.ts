/** `leakwatch explain`: what a finding means, how it comes about, how it is mended. */
import { Command } from 'commander'
import { type Destination, standardOutput } from '../report/choose-format.ts'
import { painter } from '../report/colour.ts'
import { escapeControls } from '../report/escape.ts'
import { formatExplanation, formatKinds } from '../report/explanation-text.ts'
import { explanations } from '../report/explanations.ts'
import { partsById } from '../report/finding-rows.ts'
import { headline } from '../report/headline.ts'
import { wrap } from '../report/layout.ts'
import type { Page } from '../report/page.ts'
import { showPlace } from '../report/place.ts'
import type { Report, Verdict } from '../report/report.ts'
import { findingLines } from '../report/text.ts'
import { examples } from './examples.ts'
import { Misuse } from './misuse.ts'
import { print } from './print.ts'
import { saved } from './saved-reports.ts'
import { coloured, savedTo } from './surroundings.ts'

export function explainCommand(): Command {
  return new Command('explain')
    .summary('tell what a finding means, and how to mend it')
    .description(
      'Tells what a finding means, how such a leak comes about and how to mend it,\n' +
        'with code before and after. Without an argument: lists the kinds.',
    )
    .argument(
      '[kind or id]',
      'a kind (`never-stopped`), or the id of a finding in a saved report; its first digits will do',
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
        ['leakwatch explain 3f2a91c0d4e5 --in reports/', 'a finding, with its own places'],
      ]),
    )
    .action(explain)
}

async function explain(what: string | undefined, options: { in?: string }): Promise<void> {
  const page = pageOf(standardOutput())
  if (what === undefined) print(formatKinds(page))
  else if (isKind(what)) print(formatExplanation(page, explanations[what]))
  else print(await explainedFinding(page, what, options.in))
}

function pageOf(output: Destination): Page {
  return { width: Math.max(40, output.width), paint: painter(coloured(output)) }
}

function isKind(what: string): what is Verdict {
  return Object.hasOwn(explanations, what)
}

/** The last report that tells of it. */
async function explainedFinding(page: Page, id: string, named: string | undefined): Promise<string> {
  if (!/^[0-9a-f]{4,12}$/.test(id)) throw unknown(id)
  const folder = named ?? usualFolder()
  const { reports, complaints } = await saved(folder)
  for (const report of reports.toReversed()) {
    const finding = report.findings.find((each) => each.id.startsWith(id))
    if (finding === undefined) continue
    const show = showPlace(report.process.cwd, false)
    const seen = wrap(
      escapeControls(`${headline(report)}, ${report.at} on ${report.process.hostname}`),
      page.width,
    )
    const lines = [...seen, '', ...findingLines(page, finding, partsById(report), show), '', '']
    const explanation = isKind(finding.kind) ? formatExplanation(page, explanations[finding.kind]) : ''
    return lines.join('\n') + explanation
  }
  throw notFound(id, folder, reports, complaints[0])
}

/** Where `LEAKWATCH_OUT` saves reports: the folder of a file whose name has placeholders. */
function usualFolder(): string {
  const out = savedTo()
  if (out === null) return '.'
  const fixed = out.split(/%[ptn]/)[0] as string
  return fixed === out ? out : fixed.slice(0, fixed.lastIndexOf('/') + 1) || '.'
}

function unknown(what: string): Misuse {
  const kinds = Object.keys(explanations).map((kind) => `\`${kind}\``)
  return new Misuse(
    'LEAKWATCH_KIND_UNKNOWN',
    `expected one of ${kinds.join(', ')}, or the id of a finding; got \`${what}\``,
  )
}

function notFound(
  id: string,
  folder: string,
  reports: readonly Report[],
  complaint: Misuse | undefined,
): Misuse {
  const looked = reports.length === 1 ? '1 report' : `${reports.length} reports`
  const got =
    reports.length === 0 && complaint !== undefined
      ? `nothing to look in (${complaint.message})`
      : `none in its ${looked}`
  return new Misuse(
    'LEAKWATCH_ID_UNKNOWN',
    `expected a finding with the id \`${id}\` in \`${folder}\`; got ${got}. \`--in\` names another place.`,
  )
}
