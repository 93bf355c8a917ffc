/**
 * Workflow commands of GitHub Actions: one annotation for each bug, at its line. The runner reads them from stdout and stderr. It
 * shows only ten errors and ten warnings of a step: the same bug in eight processes is one annotation.
 */

import { type LocatedFinding, locatedFindings } from '../model/located-findings.ts'
import type { Report } from '../schema/report.ts'
import { repositoryPath } from '../sources/repository-path.ts'
import { escapeControls } from '../words/escape.ts'
import type { Format } from './format.ts'

export const format: Format = {
  isDocument: true,
  // biome-ignore lint/correctness/useYield: it is made at once
  *rendering(reports, { workspace }) {
    return formatGithub(reports, workspace())
  },
}

/** Empty if there is no finding. `workspace`: the absolute path of the checkout. */
export function formatGithub(reports: readonly Report[], workspace: string): string {
  return locatedFindings(reports)
    .map((each) => `${annotation(each, workspace)}\n`)
    .join('')
}

function annotation(
  { finding, name, site, process, processes, details }: LocatedFinding,
  workspace: string,
): string {
  const { kind, severity, message } = finding
  const path =
    site === null ? null : (repositoryPath(site.file, { workspace, cwd: process.cwd }) ?? site.file)
  const place =
    site === null ? [] : [`file=${property(path ?? '')}`, `line=${site.line}`, `col=${site.column}`]
  const properties = [...place, `title=${property(`leakwatch: ${kind}: ${name}`)}`].join(',')
  const seen = processes.length === 0 ? '' : ` (in ${processes.join(', ')})`
  const lines = [`${message}${seen}`, ...details].map(escapeControls)
  return `::${severity === 'leak' ? 'error' : 'warning'} ${properties}::${data(lines.join('\n'))}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(escapeControls(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
