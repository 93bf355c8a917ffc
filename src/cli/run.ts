/** `leakwatch run`: runs a command, watches every Node.js process of it, and ends with one report of all. */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { baselinePath } from '../baseline.ts'
import type { IgnoreRule } from '../judge/ignore.ts'
import { writeAll } from '../report/write.ts'
import { ignoreRules } from '../setting-values.ts'
import { readSettings, type Settings } from '../settings.ts'
import { placesIn } from '../tree/place.ts'
import { examples } from './examples.ts'
import { formats } from './formatted.ts'
import { Misuse } from './misuse.ts'
import { checkWritable, readBaseline } from './run/baseline.ts'
import { exitCodeOf, runCommand, startExitCode } from './run/command.ts'
import { conclude, forward, type RunFormat } from './run/conclude.ts'
import { environment } from './run/environment.ts'
import { openGathering } from './run/gathering.ts'
import { ownEnvironment } from './surroundings.ts'
import { clearUp } from './watched-process.ts'

interface RunFlags {
  fail?: boolean
  timeout?: number
  out?: string
  format?: RunFormat
  config?: string
  ignore?: IgnoreRule[]
  stacks?: string
  updateBaseline?: boolean
}

const leakExitCode = 23
const timeoutExitCode = 124
/** What each process may print by itself, on demand. */
const ownFormats = new Set(['auto', 'text', 'json', 'ndjson', 'none'])

export function runCommandOf(): Command {
  return new Command('run')
    .summary('run a command, and report the leaks of all its processes')
    .description(
      'Runs a command, watches all of its Node.js processes, and ends with one report of what leaked and where.\n' +
        'Exits as the command does; with 23 where that is 0 and something leaked.',
    )
    .usage('[options] -- <command>')
    .argument('<command...>', 'the command with its arguments')
    .passThroughOptions()
    .option('--fail', 'exit with 23 instead of 0 where something leaked (the default)')
    .option('--no-fail', "exit with the command's own code whatever leaked")
    .option(
      '--timeout <seconds>',
      'report what holds a command that has not ended by then, end it, exit with 124',
      seconds,
    )
    .option('--out <path>', 'also save the report: a path ending in `.json` is that file, any other a folder')
    .addOption(
      new Option('--format <format>', 'what goes to stderr').choices([
        ...new Set(['auto', ...formats, 'none']),
      ]),
    )
    .option('--config <file>', 'instead of the `leakwatch.config.json` that is found')
    .option(
      '--ignore <json>',
      'a rule `{ "engine": …, "reason": … }`, or an array; may be given again',
      addRules,
    )
    .addOption(new Option('--stacks <which>', 'which handles have a stack').choices(['auto', 'all', 'off']))
    .option('--update-baseline', 'from now on the leaks of this run are known: only others fail')
    .addHelpText(
      'after',
      examples([
        ['leakwatch run -- npm test', 'red where something was not stopped'],
        ['leakwatch run --timeout 60 -- node job.js', 'what holds a job that does not end'],
        ['leakwatch run --update-baseline -- npm test', 'begin with what leaks today'],
      ]),
    )
    .action(async (command: string[], flags: RunFlags) => {
      process.exitCode = await run(command, flags)
    })
}

function seconds(text: string): number {
  const value = Number(text)
  // A timer waits for 24 days at most.
  if (text.trim() !== '' && value > 0 && value <= 2_147_483) return value
  throw new Misuse(
    'LEAKWATCH_TIMEOUT_INVALID',
    `expected \`--timeout\` to be a number of seconds, from above 0 to 2147483; got \`${text}\``,
  )
}

function addRules(text: string, before: IgnoreRule[] = []): IgnoreRule[] {
  const rules = ignoreRules.read(text) ?? ignoreRules.read(`[${text}]`)
  if (rules !== undefined) return [...before, ...rules]
  throw new Misuse(
    'LEAKWATCH_IGNORE_INVALID',
    `expected \`--ignore\` to be a JSON rule \`{ kind?, engine?, type?, file?, package?, id?, reason }\` with a \`reason\` and at least one other key, or an array of them; got \`${text}\``,
  )
}

async function run(command: readonly string[], flags: RunFlags): Promise<number> {
  const cwd = process.cwd()
  if (flags.config !== undefined && !existsSync(flags.config)) {
    throw new Misuse(
      'LEAKWATCH_CONFIG_UNREADABLE',
      `expected \`${flags.config}\` to be a file that can be read; got ENOENT`,
    )
  }
  const env = {
    ...ownEnvironment(),
    ...(flags.config === undefined ? {} : { LEAKWATCH_CONFIG: resolve(flags.config) }),
  }
  const { settings, complaints } = readSettings(env, cwd, { fail: true })
  for (const line of complaints) writeAll(2, `${line}\n`)
  const file = baselinePath(settings)
  const known = readBaseline(file)
  if (flags.updateBaseline) checkWritable(file)
  const gathering = openGathering(flags.updateBaseline)
  // Of whatever error: what could not be unlinked at once must not stay.
  process.once('exit', gathering.close)
  const around = placesIn(settings.run ?? '')
  const childEnv = environment(env, [gathering.place, ...around], handedOn(flags, settings, file))
  const startedAt = Date.now()
  const ending = await runCommand(
    command,
    childEnv,
    flags.timeout === undefined ? null : flags.timeout * 1000,
    gathering,
  )
  if (ending.error !== null) {
    const code = startExitCode(command[0] ?? '', ending.error)
    const got = code === 127 ? 'nothing of that name' : (ending.error.code ?? ending.error.message)
    writeAll(
      2,
      `LEAKWATCH_COMMAND_${code === 127 ? 'MISSING' : 'UNUSABLE'}: expected \`${command[0]}\` to be a command; got ${got}.\n`,
    )
    return code
  }
  const code = ending.isTimedOut ? timeoutExitCode : exitCodeOf(ending)
  const { leaks, knownIds } = await conclude({
    command,
    startedAt,
    ending,
    gathering,
    settings: { ...settings, ...(flags.out === undefined ? {} : { out: resolve(flags.out) }) },
    format: flags.format ?? settings.format,
    complaints,
    hostname: hostname(),
    baseline: { file, known, isUpdated: flags.updateBaseline === true },
    isOutFlag: flags.out !== undefined,
    ...(ending.isTimedOut && flags.timeout !== undefined ? { timeoutMs: flags.timeout * 1000 } : {}),
  })
  forward(gathering.records, around, knownIds)
  // Processes that were killed could not.
  clearUp()
  const fail = flags.fail ?? settings.fail
  return code === 0 && fail && leaks > 0 ? leakExitCode : code
}

function handedOn({ config, format, ignore, out, stacks }: RunFlags, settings: Settings, baseline: string) {
  return {
    baseline,
    ...(config === undefined ? {} : { config }),
    ...(format === undefined || !ownFormats.has(format) ? {} : { format }),
    ...(ignore === undefined ? {} : { ignore: [...settings.ignore, ...ignore] }),
    ...(out === undefined ? {} : { out }),
    ...(stacks === undefined ? {} : { stacks }),
  }
}
