/**
 * The one table of errors and complaints. Each has a code, and says what was expected, what came, and what to do about it or what
 * leakwatch does. To add one, add a row here: a test writes `README.md` beside this file.
 *
 * The preload does not load this file: whoever needs a line requires it at that moment.
 */

import { shownText } from '../report/secrets/shown.ts'

/** `next`: what to do, or what leakwatch does; one sentence or more. */
type Row = readonly [expected: string, got: string, next?: string | undefined]

const leavingOut = 'Leaving it out.'
const listed = '`leakwatch ps` lists the watched processes.'

/** A setting has a value that makes no sense. `source`: the variable, or the key and its file. `standard`: the default. */
type SettingRow = (source: string, expected: string, value: string, standard: string) => Row
const settingValue: SettingRow = (source, expected, value, standard) => [
  `${source} to be ${expected}`,
  `\`${value}\``,
  `Using ${standard}.`,
]

/** An option of the API has a value that makes no sense. */
type OptionRow = (name: string, expected: string, value: string) => Row
const optionValue: OptionRow = (name, expected, value) => [`\`${name}\` to be ${expected}`, `\`${value}\``]

/** By code; where one code has several lines, by what they are about. */
export const rows = {
  // settings, one row for each variable
  LEAKWATCH_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_FORMAT_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_OUT_INVALID: { value: settingValue as SettingRow },
  LEAKWATCH_FAIL_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_SIGNAL_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_GRACE_MS_INVALID: { value: settingValue as SettingRow, option: optionValue as OptionRow },
  LEAKWATCH_STALL_MS_INVALID: { value: settingValue as SettingRow },
  LEAKWATCH_CHECK_MS_INVALID: { value: settingValue as SettingRow },
  LEAKWATCH_STACKS_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_STACK_BUDGET_INVALID: { value: settingValue as SettingRow },
  LEAKWATCH_DETECT_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_VERBS_INVALID: { value: settingValue as SettingRow },
  LEAKWATCH_CACHE_INVALID: { value: settingValue as SettingRow },
  LEAKWATCH_WHY_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_SERVICE_INVALID: { value: settingValue as SettingRow },
  LEAKWATCH_TEST_MODE_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_TEST_EXIT_UNKNOWN: { value: settingValue as SettingRow },
  LEAKWATCH_IGNORE_INVALID: {
    value: settingValue as SettingRow,
    option: optionValue as OptionRow,
    flag: (given: string): Row => [
      '`--ignore` to be a JSON rule `{ kind?, engine?, type?, file?, package?, id?, reason }` with a `reason` and at least one other key, or an array of them',
      `\`${given}\``,
    ],
  },
  LEAKWATCH_BASELINE_INVALID: {
    value: settingValue as SettingRow,
    file: (file: string, schema: string, got: string): Row => [
      `\`${file}\` to be a baseline with schema \`${schema}\`, as \`leakwatch run --update-baseline\` writes it`,
      got,
    ],
  },
  LEAKWATCH_IMPORT: (hook: string): Row => [
    `\`--require leakwatch\` beside \`${hook}\``,
    '`--import leakwatch`, with which Node loads the main file past it',
    'Use `--require leakwatch`.',
  ],
  LEAKWATCH_VARIABLE_UNKNOWN: (name: string, suggestion: string): Row => [
    "a variable of leakwatch's",
    `\`${name}\``,
    `${leavingOut}${suggestion}`,
  ],

  // the config file
  LEAKWATCH_KEY_UNKNOWN: (file: string, keys: string, key: string, suggestion: string): Row => [
    `the keys of \`${file}\` to be among ${keys}`,
    `\`${key}\``,
    `${leavingOut}${suggestion}`,
  ],
  LEAKWATCH_CONFIG_UNREADABLE: {
    file: (file: string, code: string): Row => [
      `\`${file}\` to be a file that can be read`,
      code,
      leavingOut,
    ],
    flag: (file: string): Row => [`\`${file}\` to be a file that can be read`, 'ENOENT'],
  },
  LEAKWATCH_CONFIG_INVALID: (file: string, got: string): Row => [
    `\`${file}\` to be a JSON object`,
    got,
    leavingOut,
  ],
  LEAKWATCH_CONFIG_CIRCULAR: (file: string): Row => [
    '`extends` to lead to another file',
    `\`${file}\` again`,
    leavingOut,
  ],
  LEAKWATCH_EXTENDS_INVALID: (file: string, value: string): Row => [
    `\`extends\` in \`${file}\` to be a path`,
    value,
    leavingOut,
  ],
  LEAKWATCH_CONFIG_EXISTS: (name: string): Row => [`no \`${name}\` here`, 'one', '`--force` writes over it.'],
  LEAKWATCH_CONFIG_UNWRITABLE: (name: string, code: string): Row => [`to write \`${name}\` here`, code],

  // what programs and tests call
  LEAKWATCH_OPTIONS: (got: string): Row => ['an object of options', got],
  LEAKWATCH_OPTION_UNKNOWN: (names: string, given: string, suggestion: string): Row => [
    `the options to be among ${names}`,
    `\`${given}\``,
    suggestion,
  ],
  LEAKWATCH_STRICT_INVALID: { option: optionValue as OptionRow },
  LEAKWATCH_SINCE: (): Row => ['`since` to be what `snapshot()` gave', 'something else'],
  LEAKWATCH_TRACK_TARGET: (got: string): Row => ['an object to track', got],
  LEAKWATCH_TRACK_VERB: (name: string, verb: string): Row => [
    `${name} to have a method \`${verb}\``,
    'none',
    'Name it with `{ start, stop }`.',
  ],
  LEAKWATCH_LEASE_TARGET: (got: string): Row => ['an object, and what was taken from it', got],
  LEAKWATCH_LEASE_VERB: (name: string, verb: string): Row => [
    `${name} to have a method \`${verb}\``,
    'none',
    'Name the one that gives it back with `{ giveBack }`.',
  ],
  LEAKWATCH_ENGINE_NAME: (got: string): Row => ['a name for the engine', got],
  LEAKWATCH_IGNORE_TARGET: (got: string): Row => ['an engine or a handle that is meant to stay', got],
  LEAKWATCH_IGNORE_REASON: (got: string): Row => ['a reason why it is meant to stay', got],
  LEAKWATCH_ALLOW_REASON: (got: string): Row => ['a reason why what this test starts may stay', got],
  LEAKWATCH_ON_EVENT: (names: string, event: string): Row => [`one of ${names}`, `\`${event}\``],
  LEAKWATCH_ON_LISTENER: (got: string): Row => ['a function to call', got],
  LEAKWATCH_METRICS_REGISTRY: (got: string): Row => ['a `Registry` of `prom-client`', got],
  LEAKWATCH_METRICS_METERS: (got: string): Row => ['a `MeterProvider` of OpenTelemetry', got],
  LEAKWATCH_TO_BE_STOPPED: (): Row => ['an engine that leakwatch has seen start', 'something else'],

  // metrics
  LEAKWATCH_METRICS_UNWATCHED: (entry: string): Row => [
    `\`${entry}\` in a process that leakwatch watches`,
    'one that it does not watch',
    'There are no metrics of it: preload leakwatch with `node --require leakwatch`, without `LEAKWATCH=off`.',
  ],
  LEAKWATCH_METRICS_CLIENT: (got: string): Row => [
    'the package `prom-client` where the program finds its packages',
    got,
    "leakwatch's metrics are missing: install it, or call `collect(registry)`.",
  ],
  LEAKWATCH_METRICS_PROVIDER: (seconds: number): Row => [
    'a meter provider, set with `metrics.setGlobalMeterProvider`',
    `none in ${seconds} s`,
    "leakwatch's metrics begin once there is one.",
  ],

  // reports that are written
  LEAKWATCH_OUT_UNWRITABLE: (setting: string, path: string, code: string): Row => [
    `\`${setting}\` to name a place that can be written`,
    `${code} at \`${path}\``,
    'This report is not saved.',
  ],
  LEAKWATCH_OUTPUT_UNWRITABLE: (code: string): Row => ['a standard output that can be written', code],

  // reports that are read: `show`, `diff`, `explain`
  LEAKWATCH_REPORT_NONE: {
    folder: (folder: string): Row => [`reports (\`*.json\`) in \`${folder}\``, 'none'],
    empty: (source: string): Row => [`${source} to be a report`, 'nothing'],
    log: (source: string): Row => [`reports among the lines of ${source}`, 'none'],
  },
  LEAKWATCH_REPORT_UNREADABLE: {
    path: (path: string, code: string): Row => [`a report or a folder of reports at \`${path}\``, code],
    file: (file: string, code: string): Row => [`\`${file}\` to be a report`, code],
    syntax: (source: string, error: string): Row => [`${source} to be a report`, error],
    depth: (source: string, deepest: number): Row => [
      `${source} to be a report`,
      `JSON that is more than ${deepest} levels deep`,
    ],
    line: (source: string, number: number): Row => [
      `report ${number} of ${source} to be whole`,
      'a line of JSON that ends early',
    ],
    events: (source: string): Row => [
      `${source} to be a report`,
      'the events of `LEAKWATCH_FORMAT=ndjson`: save reports with `LEAKWATCH_OUT`, or print them with `LEAKWATCH_FORMAT=json`',
    ],
  },
  LEAKWATCH_REPORT_INVALID: {
    schema: (source: string, got: string): Row => [
      `${source} to be a report with schema \`leakwatch/1\``,
      got,
    ],
    part: (source: string, key: string, value: string): Row => [
      `${source} to be a whole report`,
      `one with \`${key}\`: ${value}`,
    ],
    answer: (error: string): Row => ['a report', error],
    version: (schema: string): Row => [
      'a report with schema `leakwatch/1`',
      `\`${schema}\`: another version of leakwatch`,
    ],
  },
  LEAKWATCH_DIFF_ALONE: (path: string): Row => ['two reports to compare', `one, in \`${path}\``],
  LEAKWATCH_DIFF_ORDER: (before: string, after: string, to: string, laterTo: string): Row => [
    `\`${before}\` to be older than \`${after}\`, which tells of the same process`,
    `${to} and ${laterTo}`,
  ],
  LEAKWATCH_KIND_UNKNOWN: (kinds: string, given: string): Row => [
    `one of ${kinds}, or the id of a finding`,
    `\`${given}\``,
  ],
  LEAKWATCH_ID_UNKNOWN: (id: string, folder: string, got: string): Row => [
    `a finding with the id \`${id}\` in \`${folder}\``,
    got,
    '`--in` names another place.',
  ],

  // processes that are asked: `ps`, `dump`, `top`
  LEAKWATCH_SYSTEM_UNSUPPORTED: (): Row => [
    'a system with signals',
    'Windows',
    'Call `report()` in the program.',
  ],
  LEAKWATCH_PID_MISSING: (): Row => ['either a pid or `--all`', 'neither, or both', listed],
  LEAKWATCH_PID_INVALID: (given: string): Row => ['a pid, such as `4711`', `\`${given}\``, listed],
  LEAKWATCH_INTERVAL_INVALID: (given: string, from: number, to: number): Row => [
    `\`--interval\` to be seconds from ${from} to ${to}`,
    `\`${given}\``,
  ],
  LEAKWATCH_PROCESS_NONE: (): Row => [
    'watched processes of this user',
    'none',
    'Start one with `node --require leakwatch app.js`.',
  ],
  LEAKWATCH_PROCESS_GONE: (got: string): Row => ['a running process', got],
  LEAKWATCH_PROCESS_FOREIGN: (user: number, whose: string, pid: number): Row => [
    `a process of this user (uid ${user})`,
    `one ${whose} (pid ${pid})`,
    'Ask as that user',
  ],
  LEAKWATCH_PROCESS_UNWATCHED: (got: string): Row => ['a process that leakwatch watches', got],
  LEAKWATCH_PROCESS_STOPPED: (pid: number): Row => [
    'a process that runs',
    `one that is stopped (pid ${pid})`,
    `\`kill -CONT ${pid}\` lets it go on`,
  ],
  LEAKWATCH_FOLDER_REFUSED: (path: string, got: string): Row => [
    `\`${path}\` to be a folder of this user that nobody else may enter`,
    got,
  ],
  LEAKWATCH_REQUEST_UNWRITTEN: (folder: string, code: string, pid: number): Row => [
    `\`${folder}\` to take a request`,
    `${code} (pid ${pid})`,
  ],
  LEAKWATCH_SIGNAL_NONE: (pid: number): Row => [
    'a process that can be asked',
    `\`LEAKWATCH_SIGNAL=none\` (pid ${pid})`,
  ],
  LEAKWATCH_SIGNAL_UNHEARD: (signal: string, pid: number): Row => [
    `a process that listens for ${signal}`,
    `one that has removed its listeners (pid ${pid}): the signal would end it`,
  ],
  LEAKWATCH_ANSWER_UNWRITTEN: (folder: string, pid: number): Row => [
    `a report in \`${folder}\``,
    `none: there is no space for it (pid ${pid})`,
  ],
  LEAKWATCH_ANSWER_MISSING: (seconds: number, pid: number, cpuSeconds: string): Row => [
    `a report within ${seconds} s`,
    `none (pid ${pid}): its event loop has been blocked; it used ${cpuSeconds} s of CPU meanwhile`,
  ],
  LEAKWATCH_REPORT_UNMADE: (failure: string, pid: number): Row => [
    'a report',
    `none: making it ended with \`${failure}\` (pid ${pid})`,
  ],

  // how commands are called
  LEAKWATCH_USAGE: {
    command: (commands: string, given: string, next: string): Row => [
      `a command, one of ${commands}`,
      `\`${given}\``,
      next,
    ],
    flag: (command: string, given: string, next: string): Row => [
      `an option of \`${command}\``,
      `\`${given}\``,
      next,
    ],
    missing: (what: string, next: string): Row => [what, 'nothing', next],
    choice: (option: string, choices: string, given: string, next: string): Row => [
      `\`${option}\` to be one of ${choices}`,
      `\`${given}\``,
      next,
    ],
    other: (command: string, what: string, next: string): Row => [`a call of \`${command}\``, what, next],
  },
  LEAKWATCH_INTERNAL: (message: string): Row => [
    'leakwatch to do this',
    `an error of its own: ${message}`,
    'Please report it.',
  ],

  // `run`
  LEAKWATCH_TIMEOUT_INVALID: (given: string): Row => [
    '`--timeout` to be a number of seconds, from above 0 to 2147483',
    `\`${given}\``,
  ],
  LEAKWATCH_COMMAND_MISSING: (command: string): Row => [
    `\`${command}\` to be a command`,
    'nothing of that name',
    'Check its spelling, and `PATH`.',
  ],
  LEAKWATCH_COMMAND_UNUSABLE: (command: string, code: string): Row => [
    `\`${command}\` to be a command`,
    code,
    'Check that it may be executed.',
  ],
  LEAKWATCH_RUN_UNWRITABLE: (code: string, folder: string): Row => [
    'a folder for temporary files that can be written',
    `${code} at \`${folder}\``,
  ],
  LEAKWATCH_BASELINE_UNWRITABLE: (file: string, code: string): Row => [
    `\`${file}\` to be a place that can be written`,
    code,
  ],
}

type LinesOf<Rows> = {
  [Key in keyof Rows]: Rows[Key] extends (...args: infer Args) => Row
    ? (...args: Args) => string
    : LinesOf<Rows[Key]>
}

/** The same table with each line as it is printed: `LEAKWATCH_CODE: expected X; got Y. What to do.` */
export const errors: LinesOf<typeof rows> = Object.fromEntries(
  Object.entries(rows).map(([code, row]) => [
    code,
    typeof row === 'function'
      ? lineOf(code, row)
      : Object.fromEntries(Object.entries(row).map(([variant, each]) => [variant, lineOf(code, each)])),
  ]),
) as LinesOf<typeof rows>

/** Codes of settings whose value makes no sense. */
export type SettingCode = {
  [Code in keyof typeof rows]: (typeof rows)[Code] extends { value: SettingRow } ? Code : never
}[keyof typeof rows]

/** What was given may be a connection string, and of any length. */
function shownArgument(given: unknown): unknown {
  return typeof given === 'string' ? shownText(given) : given
}

function lineOf(code: string, row: (...args: never[]) => Row): (...args: never[]) => string {
  return (...args) => {
    const [expected, got, next] = row(...(args.map(shownArgument) as never[]))
    const end = next === undefined ? '' : `. ${next}`.trimEnd()
    return `${code}: expected ${expected}; got ${got}${end}`
  }
}
