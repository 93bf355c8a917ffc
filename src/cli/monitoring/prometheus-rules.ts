/** `leakwatch init prometheus`: alert rules for the metrics of `leakwatch/prometheus`. */

/** The service is a label of `leakwatch_info` alone: it is joined to what an alert is about. */
const service = 'on (job, instance) group_left (service) leakwatch_info'

/** Of these kinds, in all processes of a service together. */
function found(kinds: string): string {
  return `sum by (job, service, engine, site) (leakwatch_findings{kind${kinds.includes('|') ? '=~' : '='}"${kinds}"} * ${service})`
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly severity: 'critical' | 'warning' | 'info'
  readonly summary: string
  readonly description: string
}

const what = '{{ $labels.engine }}'
const where = '{{ $labels.site }}'
const who = '{{ $labels.service }}'
const count = '{{ $value }}'

export const rules: readonly Rule[] = [
  {
    alert: 'LeakwatchEnginesGrowing',
    expr: found('growing'),
    severity: 'critical',
    summary: `${who}: ${count} ${what} run, and more with each check (${where})`,
    description: `What ${where} starts is not stopped. Ask a process for the stop that is missing: leakwatch dump <pid>, or kill -USR2.`,
  },
  {
    alert: 'LeakwatchEnginesLeft',
    expr: found('overdue|abandoned|restarted|start-failed'),
    severity: 'warning',
    summary: `${who}: ${count} ${what} were forgotten (${where})`,
    description: `They were started at ${where}; others from there were stopped long ago, or nothing can stop them any more.`,
  },
  {
    alert: 'LeakwatchStopIncomplete',
    expr: found('stop-incomplete|stop-pending'),
    severity: 'warning',
    summary: `${who}: the stop of ${count} ${what} left something open (${where})`,
    description: `They were started at ${where}. Their stop has finished and left handles behind, or does not finish.`,
  },
  {
    alert: 'LeakwatchPoolExhausted',
    // The finding knows the time limit of the pool; the wait shows sooner where checks are rare.
    expr: `max by (job, service, engine, site) (
  (leakwatch_pool_longest_wait_seconds > 10 or on (job, instance, engine, site) leakwatch_findings{kind="exhausted"})
  * ${service}
)`,
    severity: 'critical',
    summary: `${who}: callers wait for ${what} (${where})`,
    description: `Everything that the pool of ${where} lends is out. leakwatch dump <pid> lists who has it, and since when.`,
  },
  {
    alert: 'LeakwatchManyEngines',
    // As many as your services need at most.
    expr: `sum by (job, instance, service, engine, site) (leakwatch_engines_running * ${service}) > 100`,
    for: '15m',
    severity: 'warning',
    summary: `${who}: ${count} ${what} run in {{ $labels.instance }} (${where})`,
    description: `More than 100 engines that ${where} has started have run for 15 minutes.`,
  },
  {
    alert: 'LeakwatchShutdownHangs',
    expr: `max by (job, instance, service) (leakwatch_shutdown_seconds * ${service}) > 30`,
    severity: 'warning',
    summary: `${who}: {{ $labels.instance }} has been shutting down for ${count} s`,
    description: 'Its log says what still holds it (trigger stall).',
  },
  {
    alert: 'LeakwatchFaults',
    expr: `sum by (job, service) (increase(leakwatch_faults_total[1h]) * ${service}) > 0`,
    severity: 'info',
    summary: `${who}: leakwatch had errors of its own`,
    description: 'The program does not notice them. self.faults of a report has them: please tell us.',
  },
]

/** A file for `rule_files` of `prometheus.yml`. */
export function prometheusRules(): string {
  return `# Alert rules for the metrics of leakwatch/prometheus, a file for rule_files of prometheus.yml.
# Made by \`leakwatch init prometheus\`.
groups:
  - name: leakwatch
    rules:
${rules.map(ruleText).join('\n')}
`
}

function ruleText({ alert, expr, for: time, severity, summary, description }: Rule): string {
  return [
    `      - alert: ${alert}`,
    '        expr: |',
    ...expr.split('\n').map((line) => `          ${line}`),
    ...(time === undefined ? [] : [`        for: ${time}`]),
    '        labels:',
    `          severity: ${severity}`,
    '        annotations:',
    `          summary: ${JSON.stringify(summary)}`,
    `          description: ${JSON.stringify(description)}`,
  ].join('\n')
}
