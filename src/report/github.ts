/**
 * Workflow commands of GitHub Actions: an annotation for each bug, at its line. The runner reads them from stdout and stderr.
 * It shows ten errors and ten warnings a step, so that the same bug in eight processes is one annotation.
 */
import { escapeControls } from './escape.ts'
import type { Report } from './report.ts'
import { repositoryPath } from './repository-path.ts'
import { type Sighting, sightings } from './sightings.ts'

/** Nothing where there is no finding. `workspace`: the checkout, an absolute path. */
export function formatGithub(reports: readonly Report[], workspace: string): string {
  return sightings(reports)
    .map((each) => `${annotation(each, workspace)}\n`)
    .join('')
}

function annotation(
  { finding, name, site, process, processes, details }: Sighting,
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
