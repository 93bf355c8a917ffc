/** `leakwatch init grafana`: a dashboard for the metrics of `leakwatch/prometheus`. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

interface Target {
  readonly expr: string
  readonly legend?: string
  /** The last value of each series, as a row of a table. */
  readonly isTable?: true
}

interface Place {
  readonly w: number
  readonly h: number
}

interface Panel {
  readonly title: string
  readonly description: string
  readonly type: 'stat' | 'timeseries' | 'table'
  readonly place: Place
  readonly targets: readonly Target[]
  readonly unit?: string
  readonly extra?: { readonly [key: string]: Json }
}

/** The one that the dashboard's first variable names. */
const datasource = { type: 'prometheus', uid: '$datasource' }
const chosen = 'job=~"$job", instance=~"$instance"'
const service = `on (job, instance) group_left (service) leakwatch_info{${chosen}, service=~"$service"}`

/** A metric of the chosen processes, with their service. */
function of(metric: string): string {
  return `(${metric}{${chosen}} * ${service})`
}

function rateOf(metric: string): string {
  return `(rate(${metric}{${chosen}}[$__rate_interval]) * ${service})`
}

const quarter: Place = { w: 6, h: 4 }
const half: Place = { w: 12, h: 8 }
const whole: Place = { w: 24, h: 8 }
const byPlace = '{{service}} {{engine}} {{site}}'

const panels: readonly Panel[] = [
  {
    title: 'Leaks',
    description: 'Engines and handles that the last checks found to be leaks.',
    type: 'stat',
    place: quarter,
    targets: [{ expr: `sum(${of('leakwatch_findings')}) or vector(0)` }],
    extra: { thresholds: 'red' },
  },
  {
    title: 'Callers that wait for a pool',
    description: 'Of pools from which everything is out.',
    type: 'stat',
    place: quarter,
    targets: [{ expr: `sum(${of('leakwatch_pool_waiters')}) or vector(0)` }],
    extra: { thresholds: 'red' },
  },
  {
    title: 'Engines running',
    description: 'Engines and leases that were started and have not ended.',
    type: 'stat',
    place: quarter,
    targets: [{ expr: `sum(${of('leakwatch_engines_running')})` }],
  },
  {
    title: 'Processes',
    description: 'Watched processes that answer.',
    type: 'stat',
    place: quarter,
    targets: [{ expr: `count(leakwatch_info{${chosen}, service=~"$service"})` }],
  },
  {
    title: 'What leaks, and where',
    description: 'By service, engine and line: in how many processes, and how many.',
    type: 'table',
    place: whole,
    targets: [
      {
        expr: `sort_desc(sum by (service, kind, engine, site) (${of('leakwatch_findings')}))`,
        isTable: true,
      },
      {
        expr: `count by (service, kind, engine, site) (${of('leakwatch_findings')})`,
        isTable: true,
      },
    ],
  },
  {
    title: 'Engines running, by place',
    description: 'The ten places from which most run.',
    type: 'timeseries',
    place: half,
    targets: [
      {
        expr: `topk(10, sum by (service, engine, site) (${of('leakwatch_engines_running')}))`,
        legend: byPlace,
      },
    ],
  },
  {
    title: 'Started and not stopped, a second',
    description: 'Above 0 for long: what is started there piles up.',
    type: 'timeseries',
    place: half,
    targets: [
      {
        expr: `topk(10, sum by (service, engine, site) (${rateOf('leakwatch_engines_started_total')} - ${rateOf('leakwatch_engines_stopped_total')}))`,
        legend: byPlace,
      },
    ],
    unit: 'cps',
  },
  {
    title: 'Age of the oldest',
    description: 'Of the engines from a place. It grows with the process where one is meant to stay.',
    type: 'timeseries',
    place: half,
    targets: [
      {
        expr: `topk(10, max by (service, engine, site) (${of('leakwatch_engines_oldest_age_seconds')}))`,
        legend: byPlace,
      },
    ],
    unit: 's',
  },
  {
    title: 'Waiting for a pool',
    description: 'How long the first caller has waited.',
    type: 'timeseries',
    place: half,
    targets: [
      {
        expr: `max by (service, engine, site) (${of('leakwatch_pool_longest_wait_seconds')})`,
        legend: byPlace,
      },
    ],
    unit: 's',
  },
  {
    title: 'Handles, by type',
    description: 'Timers, sockets, watchers and the like that are open.',
    type: 'timeseries',
    place: half,
    targets: [
      { expr: `sum by (service, type) (${of('leakwatch_handles')})`, legend: '{{service}} {{type}}' },
    ],
  },
  {
    title: 'What leakwatch costs',
    description: 'Stacks within the budget and these metrics, as part of a core.',
    type: 'timeseries',
    place: half,
    targets: [
      {
        expr: `max by (service) (${rateOf('leakwatch_stacks_seconds_total')} + ${rateOf('leakwatch_metrics_seconds_total')})`,
        legend: '{{service}}',
      },
    ],
    unit: 'percentunit',
  },
]

/** The JSON model of a dashboard, to be imported. */
export function grafanaDashboard(): string {
  return `${JSON.stringify(model(), null, 2)}\n`
}

function model(): Json {
  return {
    uid: 'leakwatch',
    title: 'leakwatch',
    description: 'What runs in Node.js processes and should not. Made by `leakwatch init grafana`.',
    tags: ['leakwatch', 'nodejs'],
    timezone: '',
    editable: true,
    graphTooltip: 1,
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus' },
        variable('job', 'leakwatch_info'),
        variable('service', 'leakwatch_info{job=~"$job"}'),
        variable('instance', 'leakwatch_info{job=~"$job", service=~"$service"}'),
      ],
    },
    annotations: { list: [] },
    links: [],
    panels: placed(),
  }
}

/** All values of a label, of which any may be chosen. */
function variable(name: string, of: string): Json {
  const query = `label_values(${of}, ${name})`
  return {
    ...{ type: 'query', name, label: name, datasource, query: { query, refId: name } },
    ...{ refresh: 2, sort: 1, multi: true, includeAll: true, allValue: '.*' },
    current: { text: ['All'], value: ['$__all'] },
  }
}

const columns = 24

/** From left to right, then below. */
function placed(): Json[] {
  let [x, y, height] = [0, 0, 0]
  return panels.map((panel, index) => {
    const { w, h } = panel.place
    if (x + w > columns) [x, y, height] = [0, y + height, 0]
    const gridPos = { x, y, w, h }
    x += w
    height = Math.max(height, h)
    return { id: index + 1, gridPos, datasource, ...described(panel) }
  })
}

function described({ title, description, type, targets, unit = 'none', extra }: Panel): {
  readonly [key: string]: Json
} {
  const steps: Json[] = [{ color: 'green', value: null }]
  if (extra?.thresholds !== undefined) steps.push({ color: extra.thresholds, value: 1 })
  return {
    ...{ title, description, type },
    targets: targets.map((target, index) => ({
      refId: 'ABC'[index] as string,
      datasource,
      expr: target.expr,
      ...(target.legend === undefined ? {} : { legendFormat: target.legend }),
      ...(target.isTable === true ? { format: 'table', instant: true } : { range: true }),
    })),
    fieldConfig: {
      defaults: {
        ...{ unit, min: 0, thresholds: { mode: 'absolute', steps } },
        custom: type === 'timeseries' ? { fillOpacity: 10, showPoints: 'never' } : {},
      },
      overrides: [],
    },
    ...optionsOf(type),
  }
}

function optionsOf(type: Panel['type']): { readonly [key: string]: Json } {
  if (type === 'timeseries')
    return {
      options: {
        legend: {
          displayMode: 'table',
          placement: 'bottom',
          showLegend: true,
          calcs: ['lastNotNull', 'max'],
        },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
    }
  if (type === 'stat')
    return {
      options: {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        ...{ colorMode: 'value', graphMode: 'area', justifyMode: 'auto', orientation: 'auto' },
        ...{
          textMode: 'auto',
          wideLayout: true,
          showPercentChange: false,
          percentChangeColorMode: 'standard',
        },
      },
    }
  return {
    options: { showHeader: true, cellHeight: 'sm', frameIndex: 0 },
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: { service: 0, kind: 1, engine: 2, site: 3, 'Value #A': 4, 'Value #B': 5 },
          renameByName: { 'Value #A': 'how many', 'Value #B': 'in processes' },
        },
      },
    ],
  }
}
