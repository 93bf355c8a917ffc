/**
 * Every setting and its default. The only reader of the environment and the config file. Loaded into every watched
 * process: Node's own modules only.
 */
import { dirname } from 'node:path'
import type { StackMode } from '../core/stacks/budget.ts'
import type { IgnoreRule } from '../judge/ignore.ts'
import type { ProcessFormat } from '../report/formats/process-formats.ts'
import { type CacheSetting, cachePlace } from './early/cache-setting.ts'
import { absolute, type Config, configFile, readConfig } from './early/config-file.ts'
import { isOff } from './early/is-off.ts'
import type { VerbLists } from './setting-lists.ts'
import {
  type Accepted,
  folderOrOff,
  ignoreRules,
  milliseconds,
  oneOf,
  oneOfNames,
  onOrOff,
  percent,
  signal,
  text,
  verbLists,
} from './setting-values.ts'

export interface Settings {
  /** `LEAKWATCH`; `false`: do nothing at all. */
  enabled: boolean
  format: 'auto' | ProcessFormat | 'none'
  /** Absolute, so that the program may change its working directory; placeholders are still in it. */
  out: string | null
  /** Absolute: the file of known leaks; `null`: beside the config file. */
  baseline: string | null
  fail: boolean
  /** `null`: none. */
  signal: NodeJS.Signals | null
  graceMs: number
  /** 0: off. */
  stallMs: number
  /** 0: off. */
  checkMs: number
  stacks: StackMode
  /** Percent of one core. */
  stackBudget: number
  detect: boolean
  /** Method names that count beside the usual ones; `null`: none. */
  verbs: VerbLists | null
  ignore: readonly IgnoreRule[]
  /** Where what was read is kept: `auto`, `off`, or an absolute folder. */
  cache: CacheSetting
  why: boolean
  /** `null`: the program's package, looked up when there is a report. */
  service: string | null
  /** When a test runner's integration judges. */
  testMode: 'per-file' | 'per-test' | 'per-run'
  /** leakwatch ends a test run that only reported leaks keep alive. */
  testExit: boolean
  /** `CI` is set: people read the logs. */
  isCi: boolean
  /** Where the processes of a tree leave their records for `leakwatch run`: see `tree/record-file.ts`. `null`: there is no tree. */
  run: string | null
  /** Absolute; `null`: there is none. */
  configFile: string | null
  /** What `NO_COLOR` and `FORCE_COLOR` ask for. */
  colour: 'auto' | 'always' | 'never'
}

/** Loaded where something is wrong. */
const errors = () => (require('../errors/errors.js') as typeof import('../errors/errors.ts')).errors

const didYouMean = (given: string, names: Iterable<string>, prefix?: string): string =>
  (require('./did-you-mean.js') as typeof import('./did-you-mean.ts')).didYouMean(given, names, prefix)

type Environment = Readonly<Record<string, string | undefined>>

export interface Setting<Value> {
  variable: string
  default: Value
  accepts: Accepted<Value>
}

type Configurable = Omit<Settings, 'isCi' | 'colour' | 'run' | 'configFile'>

/** Not a setting. `leakwatch run` sets it, to say where its processes leave their records. It also marks them as one tree. */
export const runVariable = 'LEAKWATCH_RUN'

/** Loaded if a format is given. */
const processFormatNames = (): readonly ProcessFormat[] =>
  (require('../report/formats/process-formats.js') as typeof import('../report/formats/process-formats.ts'))
    .processFormatNames

/** The keys are those of the config file, except `enabled`: the file calls it `leakwatch`, after its variable. */
export const settingTable: { readonly [Key in keyof Configurable]: Setting<Configurable[Key]> } = {
  enabled: { variable: 'LEAKWATCH', default: true, accepts: onOrOff },
  format: {
    variable: 'LEAKWATCH_FORMAT',
    default: 'auto',
    accepts: oneOfNames(() => ['auto', ...processFormatNames(), 'none']),
  },
  out: { variable: 'LEAKWATCH_OUT', default: null, accepts: text },
  baseline: { variable: 'LEAKWATCH_BASELINE', default: null, accepts: text },
  fail: { variable: 'LEAKWATCH_FAIL', default: false, accepts: onOrOff },
  signal: { variable: 'LEAKWATCH_SIGNAL', default: 'SIGUSR2', accepts: signal },
  graceMs: { variable: 'LEAKWATCH_GRACE_MS', default: 250, accepts: milliseconds },
  stallMs: { variable: 'LEAKWATCH_STALL_MS', default: 10_000, accepts: milliseconds },
  checkMs: { variable: 'LEAKWATCH_CHECK_MS', default: 30_000, accepts: milliseconds },
  stacks: { variable: 'LEAKWATCH_STACKS', default: 'auto', accepts: oneOf('auto', 'all', 'off') },
  stackBudget: { variable: 'LEAKWATCH_STACK_BUDGET', default: 1, accepts: percent },
  detect: { variable: 'LEAKWATCH_DETECT', default: true, accepts: onOrOff },
  verbs: { variable: 'LEAKWATCH_VERBS', default: null, accepts: verbLists },
  ignore: { variable: 'LEAKWATCH_IGNORE', default: [], accepts: ignoreRules },
  cache: { variable: 'LEAKWATCH_CACHE', default: 'auto', accepts: folderOrOff },
  why: { variable: 'LEAKWATCH_WHY', default: false, accepts: onOrOff },
  service: { variable: 'LEAKWATCH_SERVICE', default: null, accepts: text },
  testMode: {
    variable: 'LEAKWATCH_TEST_MODE',
    default: 'per-file',
    accepts: oneOf('per-file', 'per-test', 'per-run'),
  },
  testExit: { variable: 'LEAKWATCH_TEST_EXIT', default: true, accepts: onOrOff },
}

const prefix = 'LEAKWATCH_'
const variables: ReadonlySet<string> = new Set([
  ...Object.values(settingTable).map(({ variable: name }) => name),
  'LEAKWATCH_CONFIG',
  runVariable,
])
/** Kubernetes sets these in every container beside a service called `leakwatch`. */
const kubernetesVariable = /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\w+)?)$/

export interface SettingsRead {
  settings: Settings
  /** One line each, for stderr. */
  complaints: string[]
}

/**
 * Never throws. A value that makes no sense gives a complaint, and the default counts. `cwd` is empty where that folder was
 * deleted. `defaults` are those that the caller wants instead of the usual ones.
 */
export function readSettings(
  env: Environment,
  cwd: string,
  defaults: Partial<Configurable> = {},
): SettingsRead {
  const complaints: string[] = []
  const complain = (line: string): void => {
    const { oneLine } = require('./complaints.js') as typeof import('./complaints.ts')
    complaints.push(oneLine(line))
  }
  const file = configFile(cwd, variable(env, 'LEAKWATCH_CONFIG'))
  const config = readConfig(isOff(env) ? null : file, complain)
  const settings: Record<string, unknown> = {
    isCi: isCi(env),
    colour: colourOf(env),
    run: variable(env, runVariable) ?? null,
    configFile: file,
  }
  const known = new Set<string>()
  for (const [name, each] of Object.entries(settingTable)) {
    const setting: Setting<unknown> = name in defaults ? { ...each, default: defaults[name as 'fail'] } : each
    const key = name === 'enabled' ? 'leakwatch' : name
    known.add(key)
    settings[name] = readSetting(key, setting, env, cwd, config, complain)
  }
  for (const [key, { file }] of config) {
    if (known.has(key)) continue
    const keys = [...known, 'extends', '$schema']
    complain(errors().LEAKWATCH_KEY_UNKNOWN(file, keys.join(', '), key, didYouMean(key, keys)))
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith(prefix) || variables.has(name) || kubernetesVariable.test(name)) continue
    complain(errors().LEAKWATCH_VARIABLE_UNKNOWN(name, didYouMean(name, variables, prefix)))
  }
  return {
    settings: settings as unknown as Settings,
    complaints: settings.enabled === true ? complaints : [],
  }
}

const paths = new Set(['out', 'baseline'])

/** The environment comes first, then the config file. A value that makes no sense gives the default. */
function readSetting(
  key: string,
  setting: Setting<unknown>,
  env: Environment,
  cwd: string,
  config: Config,
  complain: (line: string) => void,
): unknown {
  const { variable: name, accepts } = setting
  const given = variable(env, name)
  const entry = given === undefined ? config.get(key) : undefined
  const value = given ?? entry?.value
  if (value === undefined) return setting.default
  const read = accepts.read(value)
  if (read === undefined) {
    const { complaintOf } = require('./complaints.js') as typeof import('./complaints.ts')
    complain(complaintOf(key, setting, value, entry?.file ?? null))
    return setting.default
  }
  const base = entry === undefined ? cwd : dirname(entry.file)
  if (key === 'cache') return cachePlace(read, base)
  return paths.has(key) ? absolute(base, read as string) : read
}

/** An empty variable counts as unset. */
function variable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined
}

function isCi(env: Environment): boolean {
  const ci = variable(env, 'CI')
  return ci !== undefined && ci !== 'false' && ci !== '0'
}

/** `FORCE_COLOR` beats `NO_COLOR`, as in Node itself; `FORCE_COLOR=0` asks for none. */
function colourOf(env: Environment): Settings['colour'] {
  if (env.FORCE_COLOR !== undefined)
    return env.FORCE_COLOR === '0' || env.FORCE_COLOR === 'false' ? 'never' : 'always'
  return env.NO_COLOR || env.TERM === 'dumb' ? 'never' : 'auto'
}
