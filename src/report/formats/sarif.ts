/** SARIF 2.1.0, for code scanning: a rule is a kind of finding, a result is a bug. */
import { pathToFileURL } from 'node:url'
import { kindNames } from '../../judge/kinds/list.ts'
import { version } from '../../packaging/version.ts'
import { type LocatedFinding, locatedFindings } from '../model/located-findings.ts'
import type { Report, Site } from '../schema/report.ts'
import { repositoryPath } from '../sources/repository-path.ts'
import { escapeControls, escapeJson, wellFormed } from '../words/escape.ts'
import { explanationMarkdown, explanationText } from '../words/explanations.ts'
import { explanationOf } from '../words/kinds/words.ts'
import type { Format } from './format.ts'

export const format: Format = {
  isDocument: true,
  // biome-ignore lint/correctness/useYield: it is made at once
  *rendering(reports, { workspace }) {
    return formatSarif(reports, workspace())
  },
}

/** One run for all reports, as GitHub takes one run of a tool. `workspace`: the absolute path of the checkout. */
export function formatSarif(reports: readonly Report[], workspace: string): string {
  const all = locatedFindings(reports)
  const kinds: string[] = [...new Set<string>([...kindNames, ...all.map(({ finding }) => finding.kind)])]
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'leakwatch', semanticVersion: version, rules: kinds.map(rule) } },
        automationDetails: { id: 'leakwatch/' },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [root]: { uri: pathToFileURL(`${workspace}/`).href } },
        results: all.map((each) => result(each, kinds, workspace)),
      },
    ],
  }
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`
}

const root = '%SRCROOT%'

function rule(kind: string): object {
  const explanation = explanationOf(kind)
  // The kind comes from a newer leakwatch.
  if (explanation === null) return { id: kind }
  return {
    id: kind,
    shortDescription: { text: explanation.summary },
    fullDescription: { text: explanation.meaning },
    help: { text: explanationText(explanation), markdown: explanationMarkdown(explanation) },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['leak'], precision: 'high', 'problem.severity': 'error' },
  }
}

function result(located: LocatedFinding, kinds: readonly string[], workspace: string): object {
  const { finding, site, process, processes, details } = located
  const { id, kind, severity, message, siblings, count, holdsProcess } = finding
  const place = (at: Site) => ({ physicalLocation: physicalLocation(at, workspace, process.cwd) })
  const seen = processes.length === 0 ? '' : ` (in ${processes.join(', ')})`
  const stops = (siblings?.stoppedAt ?? []).map((at, index) => ({
    id: index + 1,
    ...place(at),
    message: { text: 'others that were started at the same place are stopped here' },
  }))
  return {
    ruleId: kind,
    ruleIndex: kinds.indexOf(kind),
    level: severity === 'leak' ? 'error' : 'warning',
    message: { text: [`${message}${seen}.`, ...details].map(escapeControls).join('\n') },
    locations: [place(site ?? nowhere(located))],
    ...(stops.length === 0 ? {} : { relatedLocations: stops }),
    partialFingerprints: { 'leakwatchId/v1': id },
    properties: { count, holdsProcess, processes },
  }
}

/** GitHub refuses the whole file if one result has no line (codeql-action#1738): such a result gets the program's first line. */
function nowhere({ process: { main, cwd } }: LocatedFinding): Site {
  return { file: main ?? `${cwd}/package.json`, line: 1, column: 1 }
}

function physicalLocation({ file, line, column }: Site, workspace: string, cwd: string): object {
  const path = repositoryPath(file, { workspace, cwd })
  return {
    artifactLocation: path === null ? { uri: foreignUri(file) } : { uri: encoded(path), uriBaseId: root },
    region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) },
  }
}

/** What has no path, such as `[eval]` and `webpack://…`, stays as it is, as far as a URI allows. */
function foreignUri(file: string): string {
  return file.startsWith('/') ? pathToFileURL(file).href : encoded(file)
}

function encoded(path: string): string {
  return wellFormed(path).split('/').map(encodeURIComponent).join('/')
}
