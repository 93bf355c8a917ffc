/** What the config file may say: for its schema, and for the file that `init` writes. */
import { constants } from 'node:os'
import { kinds } from '../setting-values.ts'
import type { settingTable } from '../settings.ts'

export interface SettingNote {
  /** One sentence, or two. */
  meaning: string
  /** JSON Schema of what an editor should accept. The reader also takes what environment variables hold: `"250"`. */
  schema: Readonly<Record<string, unknown>>
  /** Of a setting that has no default: what it may look like. */
  example?: string
}

const onOrOff = { enum: ['on', 'off', true, false] }
/** What a timer can wait. */
const milliseconds = { type: 'number', minimum: 0, maximum: 2_147_483_647 }
const text = { type: 'string', minLength: 1 }

/** Those of every platform: the file may be read on another one. */
const signals = [...new Set([...Object.keys(constants.signals), 'SIGBREAK'])]
  .filter((name) => name !== 'SIGKILL' && name !== 'SIGSTOP')
  .sort()

const ignoreRule = {
  type: 'object',
  properties: {
    kind: { enum: Object.keys(kinds), description: 'The kind of the finding.' },
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
      'What goes to stderr. `auto`: `text` on a terminal and where `CI` is set, else `ndjson`; `none`: nothing.',
    schema: { enum: ['auto', 'text', 'json', 'ndjson', 'none'] },
  },
  out: {
    meaning:
      'Also save each report as JSON: a path that ends in `.json` is that file (`%p` pid, `%t` thread, `%n` sequence), another a folder.',
    schema: text,
    example: 'reports/',
  },
  baseline: {
    meaning:
      'The file of known leaks that `leakwatch run` and test suites read, and `run --update-baseline` writes; beside this file by default.',
    schema: text,
    example: 'leakwatch.baseline.json',
  },
  fail: { meaning: '`on`: exit with 23 instead of 0 where the exit report has a leak.', schema: onOrOff },
  signal: {
    meaning: 'The signal that asks a running process for a report, or `none`.',
    schema: { enum: [...signals, 'none'] },
  },
  graceMs: { meaning: 'How long something may be closing before it is blamed.', schema: milliseconds },
  stallMs: {
    meaning:
      'A program that handles SIGTERM, SIGINT or SIGHUP and still lives so long after it reports what holds it. 0: off.',
    schema: milliseconds,
  },
  checkMs: {
    meaning: 'How often a live process looks for overdue, growing and abandoned engines. 0: off.',
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
  detect: { meaning: '`off`: no engines by the names of their methods.', schema: onOrOff },
  ignore: {
    meaning: 'What is meant to stay. Each rule says why.',
    schema: { type: 'array', items: ignoreRule },
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
    meaning: 'In test runners: when what was started has to be stopped.',
    schema: { enum: ['per-file', 'per-test', 'per-run'] },
  },
  testExit: {
    meaning:
      'In test runners: what was reported or accepted keeps a run alive no longer once its tests have ended.',
    schema: onOrOff,
  },
}

/** The key of a setting in the config file. */
export function keyOf(setting: string): string {
  return setting === 'enabled' ? 'leakwatch' : setting
}

/** As the config file says it. `null`: there is none. */
export function defaultOf(value: unknown): unknown {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : value
}
