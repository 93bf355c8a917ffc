/** `leakwatch run`: runs a command, watches all of its Node.js processes, and ends with one report. */

import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { CodedError } from '../../errors/coded-error.ts'
import { errors } from '../../errors/errors.ts'
import type { IgnoreRule } from '../../judge/ignore.ts'
import { baselinePath, readBaseline } from '../../processes/baseline/baseline.ts'
import { recordFilesIn } from '../../processes/tree/record-file.ts'
import { formatNames, processFormatNames } from '../../report/formats/list.ts'
import { writeAll } from '../../report/output/write.ts'
import { ignoreRules } from '../../settings/setting-values.ts'
import { readSettings, type Settings } from '../../settings/settings.ts'
import { environment, isRunByAgent } from '../console/environment.ts'
import { examples } from '../console/examples.ts'
import { removeStaleFiles } from '../targets/watched-process.ts'
import { checkWritable } from './baseline.ts'
import { childEnvironment } from './child-environment.ts'
import { finishRun, forwardRecords, type RunFormat } from './finish-run.ts'
import { openInbox } from './record-inbox.ts'
import { exitCodeOf, runCommand, startExitCode } from './run-command.ts'

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
/** The formats that each process can print by itself, on demand. */
const ownFormats = new Set<string>(['auto', ...processFormatNames, 'none'])

export function runSubcommand(): Command {
  return new Command('run')
    .summary('run a command, and report the leaks of all its processes')
    .description(
      'Runs a command, watches all of its Node.js processes, and ends with one report of what leaked and where.\n' +
        'Its exit code is that of the command; it is 23 if that is 0 and something leaked.',
    )
    .usage('[options] -- <command>')
    .argument('<command...>', 'the command with its arguments')
    .passThroughOptions()
    .option('--fail', 'exit with 23 instead of 0 if something leaked (the default)')
    .option('--no-fail', "exit with the command's own code even if something leaked")
    .option(
      '--timeout <seconds>',
      'after that time report what keeps the command alive, end it, and exit with 124',
      seconds,
    )
    .option(
      '--out <path>',
      'also save the report: a path that ends in `.json` or `.html` is a file, any other is a folder',
    )
    .addOption(
      new Option(
        '--format <format>',
        'how the report is printed: `text` and `agent` to stderr, other formats to stdout',
      ).choices(['auto', ...formatNames, 'none']),
    )
    .option('--config <file>', 'use this file instead of the `leakwatch.config.json` that is found')
    .option(
      '--ignore <json>',
      'a rule `{ "engine": …, "reason": … }`, or an array; may be repeated',
      ignoreRulesFrom,
    )
    .addOption(new Option('--stacks <which>', 'which handles have a stack').choices(['auto', 'all', 'off']))
    .option('--update-baseline', 'accept the leaks of this run: from now on only new ones fail')
    .addHelpText(
      'after',
      examples([
        ['leakwatch run -- npm test', 'fails if something was not stopped'],
        ['leakwatch run --timeout 60 -- node job.js', 'what keeps a job alive that does not end'],
        ['leakwatch run --update-baseline -- npm test', 'accept what leaks today'],
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
  throw new CodedError(errors.LEAKWATCH_TIMEOUT_INVALID(text))
}

function ignoreRulesFrom(text: string, before: IgnoreRule[] = []): IgnoreRule[] {
  const rules = ignoreRules.read(text) ?? ignoreRules.read(`[${text}]`)
  if (rules !== undefined) return [...before, ...rules]
  throw new CodedError(errors.LEAKWATCH_IGNORE_INVALID.flag(text))
}

async function run(command: readonly string[], flags: RunFlags): Promise<number> {
  const cwd = process.cwd()
  if (flags.config !== undefined && !existsSync(flags.config)) {
    throw new CodedError(errors.LEAKWATCH_CONFIG_UNREADABLE.flag(flags.config))
  }
  const env = {
    ...environment(),
    ...(flags.config === undefined ? {} : { LEAKWATCH_CONFIG: resolve(flags.config) }),
  }
  const { settings, complaints } = readSettings(env, cwd, { fail: true })
  for (const line of complaints) writeAll(2, `${line}\n`)
  const file = baselinePath(settings)
  const known = readBaseline(file)
  if (flags.updateBaseline) checkWritable(file)
  const inbox = openInbox(flags.updateBaseline)
  // After any error too: a file that has a name must not stay.
  process.once('exit', inbox.close)
  const outerFiles = recordFilesIn(settings.run ?? '')
  const childEnv = childEnvironment(
    env,
    [inbox.file, ...outerFiles],
    settingsForChildren(flags, settings, file),
  )
  const startedAt = Date.now()
  const ending = await runCommand(
    command,
    childEnv,
    flags.timeout === undefined ? null : flags.timeout * 1000,
    inbox,
  )
  if (ending.error !== null) {
    const code = startExitCode(command[0] ?? '', ending.error)
    const name = command[0] ?? ''
    const line =
      code === 127
        ? errors.LEAKWATCH_COMMAND_MISSING(name)
        : errors.LEAKWATCH_COMMAND_UNUSABLE(name, ending.error.code ?? ending.error.message)
    writeAll(2, `${line}\n`)
    return code
  }
  const code = ending.isTimedOut ? timeoutExitCode : exitCodeOf(ending)
  const { leaks, knownIds } = await finishRun({
    command,
    startedAt,
    ending,
    inbox,
    settings: { ...settings, ...(flags.out === undefined ? {} : { out: resolve(flags.out) }) },
    format: await printedFormat(flags.format ?? settings.format),
    isFormatFlag: flags.format !== undefined && flags.format !== 'auto',
    complaints,
    hostname: hostname(),
    baseline: { file, known, isUpdated: flags.updateBaseline === true },
    isOutFlag: flags.out !== undefined,
    ...(ending.isTimedOut && flags.timeout !== undefined ? { timeoutMs: flags.timeout * 1000 } : {}),
  })
  forwardRecords(inbox.records, outerFiles, knownIds)
  // Killed processes could not remove their files.
  removeStaleFiles()
  const fail = flags.fail ?? settings.fail
  return code === 0 && fail && leaks > 0 ? leakExitCode : code
}

/** A coding agent gets its own where the destination would decide. */
async function printedFormat(format: RunFormat): Promise<RunFormat> {
  return format === 'auto' && (await isRunByAgent()) ? 'agent' : format
}

function settingsForChildren(
  { config, format, ignore, out, stacks }: RunFlags,
  settings: Settings,
  baseline: string,
) {
  return {
    baseline,
    ...(config === undefined ? {} : { config }),
    ...(format === undefined || !ownFormats.has(format) ? {} : { format }),
    ...(ignore === undefined ? {} : { ignore: [...settings.ignore, ...ignore] }),
    ...(out === undefined ? {} : { out }),
    ...(stacks === undefined ? {} : { stacks }),
  }
}
