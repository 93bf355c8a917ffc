/** SARIF 2.1.0, for code scanning: rules are kinds, results are bugs. */
import { pathToFileURL } from 'node:url'
import { version } from '../version.ts'
import { escapeControls, escapeJson, wellFormed } from './escape.ts'
import { explanationMarkdown, explanations, explanationText } from './explanations.ts'
import type { Report, Site } from './report.ts'
import { repositoryPath } from './repository-path.ts'
import { type Sighting, sightings } from './sightings.ts'

/** One run for all reports: GitHub takes one a tool. `workspace`: the checkout, an absolute path. */
export function formatSarif(reports: readonly Report[], workspace: string): string {
  const all = sightings(reports)
  const kinds = [...new Set([...Object.keys(explanations), ...all.map(({ finding }) => finding.kind)])]
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
  const explanation = explanations[kind as keyof typeof explanations]
  // A kind of a newer leakwatch.
  if (explanation === undefined) return { id: kind }
  return {
    id: kind,
    shortDescription: { text: explanation.summary },
    fullDescription: { text: explanation.meaning },
    help: { text: explanationText(explanation), markdown: explanationMarkdown(explanation) },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['leak'], precision: 'high', 'problem.severity': 'error' },
  }
}

function result(sighting: Sighting, kinds: readonly string[], workspace: string): object {
  const { finding, site, process, processes, details } = sighting
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
    locations: [place(site ?? nowhere(sighting))],
    ...(stops.length === 0 ? {} : { relatedLocations: stops }),
    partialFingerprints: { 'leakwatchId/v1': id },
    properties: { count, holdsProcess, processes },
  }
}

/** GitHub refuses a whole file for one result without a line (codeql-action#1738): the program's first stands for it. */
function nowhere({ process: { main, cwd } }: Sighting): Site {
  return { file: main ?? `${cwd}/package.json`, line: 1, column: 1 }
}

function physicalLocation({ file, line, column }: Site, workspace: string, cwd: string): object {
  const path = repositoryPath(file, { workspace, cwd })
  return {
    artifactLocation: path === null ? { uri: foreignUri(file) } : { uri: encoded(path), uriBaseId: root },
    region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) },
  }
}

/** `[eval]`, `webpack://…` and what else has no path are told as they are, as far as an address can hold them. */
function foreignUri(file: string): string {
  return file.startsWith('/') ? pathToFileURL(file).href : encoded(file)
}

function encoded(path: string): string {
  return wellFormed(path).split('/').map(encodeURIComponent).join('/')
}
