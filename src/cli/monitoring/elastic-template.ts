/** `leakwatch init elastic`: an index template for the NDJSON logs. */

type Type = 'keyword' | 'text' | 'date' | 'long' | 'boolean'
type Mapping = { readonly [field: string]: Type | Mapping }

const site: Mapping = { file: 'keyword', line: 'long', column: 'long' }

/**
 * The fields that are searched. `dynamic` is off: all others stay in the document, unread. `handles` is a list of ids in a finding and
 * two numbers in a summary, which one mapping cannot say.
 */
export const fields: Mapping = {
  // Shippers add it.
  '@timestamp': 'date',
  timestamp: 'date',
  level: 'keyword',
  service: 'keyword',
  event: 'keyword',
  message: 'text',
  pid: 'long',
  trace_id: 'keyword',
  // leakwatch.finding, leakwatch.resolved
  id: 'keyword',
  kind: 'keyword',
  severity: 'keyword',
  name: 'keyword',
  site,
  count: 'long',
  fix: 'text',
  holds: 'text',
  holdsProcess: 'boolean',
  engine: 'keyword',
  test: { file: 'keyword', name: 'keyword', hook: 'keyword' },
  siblings: { started: 'long', stopped: 'long', stoppedAt: site },
  foundAt: 'date',
  // leakwatch.summary
  threadId: 'long',
  trigger: 'keyword',
  main: 'keyword',
  exitCode: 'long',
  signal: 'keyword',
  uptimeMs: 'long',
  leaks: 'long',
  warnings: 'long',
  engines: { started: 'long', stopped: 'long', running: 'long', failed: 'long' },
}

/** The body of `PUT _index_template/leakwatch`. */
export function elasticTemplate(): string {
  const template = {
    index_patterns: ['leakwatch-*'],
    priority: 200,
    template: {
      settings: { number_of_shards: 1 },
      mappings: { dynamic: false, properties: properties(fields) },
    },
    _meta: { description: 'The NDJSON logs of leakwatch. Made by `leakwatch init elastic`.' },
  }
  return `${JSON.stringify(template, null, 2)}\n`
}

function properties(mapping: Mapping): object {
  return Object.fromEntries(
    Object.entries(mapping).map(([field, type]) => [
      field,
      typeof type === 'string' ? mapped(type) : { properties: properties(type) },
    ]),
  )
}

/** A longer keyword is kept, and not searched: a path has any length. */
function mapped(type: Type): object {
  return type === 'keyword' ? { type, ignore_above: 1024 } : { type }
}
