/** What each setting means and accepts: for the schema of the config file, and for the file that `init` writes. */
import { constants } from 'node:os'
import { kindNames } from '../judge/kinds/list.ts'
import { processFormatNames } from '../report/formats/process-formats.ts'
import type { settingTable } from '../settings/settings.ts'

export interface SettingNote {
  /** One sentence, or two. */
  meaning: string
  /** JSON Schema of what an editor should accept. leakwatch also takes the text of a variable: `"250"`. */
  schema: Readonly<Record<string, unknown>>
  /** A possible value of a setting that has no default. */
  example?: string | object
}

const onOrOff = { enum: ['on', 'off', true, false] }
/** The longest time that a timer can wait. */
const milliseconds = { type: 'number', minimum: 0, maximum: 2_147_483_647 }
const text = { type: 'string', minLength: 1 }
const verb = { type: 'string', pattern: '^[A-Za-z_$][\\w$]*$' }

/** Signals of every platform: another one may read the file. */
const signals = [...new Set([...Object.keys(constants.signals), 'SIGBREAK'])]
  .filter((name) => name !== 'SIGKILL' && name !== 'SIGSTOP')
  .sort()

const ignoreRule = {
  type: 'object',
  properties: {
    kind: { enum: kindNames, description: 'The kind of the finding.' },
    engine: {
      ...text,
      description: "The engine's name: `OrderEngine`, `http.Server`; `*` stands for any text.",
    },
    type: { ...text, description: "A handle's type or name: `Timeout`, `setInterval`." },
    file: {
      ...text,
      description: 'The file of the finding: its path or the end of it; `*` stands for any text.',
    },
    package: { ...text, description: 'The package whose code started it.' },
    id: { ...text, description: 'The id of the finding.' },
    reason: { type: 'string', pattern: '\\S', description: 'Why it is meant to stay.' },
  },
  required: ['reason'],
  minProperties: 2,
  additionalProperties: false,
}

/** In the order of the documentation. Keys are those of `settingTable`. */
export const settingNotes: Readonly<Record<keyof typeof settingTable, SettingNote>> = {
  enabled: { meaning: '`off`: the preload does nothing at all.', schema: onOrOff },
  format: {
    meaning:
      'What goes to stderr. `auto`: `text` on a terminal and where `CI` is set, else `ndjson`; `none`: nothing. Where a coding agent runs it, `leakwatch run` prints `--format agent` instead of `auto`.',
    schema: { enum: ['auto', ...processFormatNames, 'none'] },
  },
  out: {
    meaning:
      'Also save each report as JSON. A path that ends in `.json`, or in `.html` for a page to look at, is a file (`%p` pid, `%t` thread, `%n` sequence); any other path is a folder.',
    schema: text,
    example: 'reports/',
  },
  baseline: {
    meaning:
      'The file of known leaks. `leakwatch run` and test suites read it, and `run --update-baseline` writes it. It is beside this file by default.',
    schema: text,
    example: 'leakwatch.baseline.json',
  },
  fail: { meaning: '`on`: exit with 23 instead of 0 if the exit report has a leak.', schema: onOrOff },
  signal: {
    meaning:
      "The signal that asks a running process for a report, or `none`. nodemon, Nest's shutdown hooks, node-red and graphile-worker use SIGUSR2 themselves: `leakwatch dump <pid>` disturbs none of them.",
    schema: { enum: [...signals, 'none'] },
  },
  graceMs: { meaning: 'How long something may be closing before it is blamed.', schema: milliseconds },
  stallMs: {
    meaning:
      'If a program handles SIGTERM, SIGINT or SIGHUP and is still alive this long after it, it reports what keeps it alive. 0: off.',
    schema: milliseconds,
  },
  checkMs: {
    meaning: 'How often a live process looks for overdue, growing, exhausted and abandoned engines. 0: off.',
    schema: milliseconds,
  },
  stacks: {
    meaning: '`all`: every handle has its stack; `auto`: handles within the budget; `off`: none.',
    schema: { enum: ['auto', 'all', 'off'] },
  },
  stackBudget: {
    meaning: 'Percent of one core that `auto` may spend on stacks of handles.',
    schema: { type: 'number', minimum: 0, maximum: 100 },
  },
  detect: { meaning: '`off`: engines are not recognised by the names of their methods.', schema: onOrOff },
  verbs: {
    meaning: 'Method names that start and stop engines, beside the usual ones.',
    schema: {
      type: 'object',
      properties: { start: { type: 'array', items: verb }, stop: { type: 'array', items: verb } },
      additionalProperties: false,
    },
    example: { start: ['ignite'], stop: ['extinguish'] },
  },
  ignore: {
    meaning: 'What is meant to stay. Each rule gives the reason.',
    schema: { type: 'array', items: ignoreRule },
  },
  cache: {
    meaning:
      "Where leakwatch keeps what it has read of the program's files, and V8's code of its own, for the next start. `auto`: `node_modules/.cache/leakwatch`, or a folder in that of `NODE_COMPILE_CACHE`; `off`: nowhere.",
    schema: { anyOf: [text, { const: false }] },
  },
  why: {
    meaning: "`on`: adds why-is-node-running's listing to each report, as a second opinion.",
    schema: onOrOff,
  },
  service: {
    meaning: "`service` in logs and reports; the name of the program's package by default.",
    schema: text,
    example: 'shop',
  },
  testMode: {
    meaning: 'In test runners: when tests have to have stopped what they started.',
    schema: { enum: ['per-file', 'per-test', 'per-run'] },
  },
  testExit: {
    meaning:
      'In test runners: once the tests have ended, leaks that were reported or accepted no longer keep the run alive.',
    schema: onOrOff,
  },
}

/** The key of a setting in the config file. */
export function keyOf(setting: string): string {
  return setting === 'enabled' ? 'leakwatch' : setting
}

/** The default, as the config file writes it. `null`: there is none. */
export function defaultOf(value: unknown): unknown {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : value
}
