/** The command line: one file a command. */
import { Command, CommanderError } from 'commander'
import { CodedError } from '../errors/coded-error.ts'
import { errors } from '../errors/errors.ts'
import { version } from '../packaging/version.ts'
import { attemptWrite, writeAll } from '../report/output/write.ts'
import { escapeControls } from '../report/words/escape.ts'
import { usageError } from './console/usage-error.ts'
import { diffCommand } from './diff.ts'
import { dumpCommand } from './dump.ts'
import { explainCommand } from './explain.ts'
import { initCommand } from './init.ts'
import { psCommand } from './ps.ts'
import { runSubcommand } from './run/run.ts'
import { showCommand } from './show.ts'
import { topCommand } from './top/top-command.ts'

/** The user has to fix something, or leakwatch itself failed. */
const failureCode = 2

/** Runs the command that `argv` names, and resolves with the exit code. It never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('leakwatch')
    .usage('<command> [options]')
    .description('Names what was started in a Node.js process and never stopped.')
    .version(version)
    .addHelpText('after', '\nTo watch a process: node --require leakwatch app.js')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      // A reader of the help that is gone (`| head`) is no error.
      writeOut: (text) => void attemptWrite(1, text),
      writeErr: (text) => writeAll(2, text),
      // What is wrong is said below.
      outputError: () => {},
    })
  program.addCommand(runSubcommand())
  program.addCommand(psCommand())
  program.addCommand(topCommand())
  program.addCommand(dumpCommand())
  program.addCommand(showCommand())
  program.addCommand(diffCommand())
  program.addCommand(explainCommand())
  program.addCommand(initCommand())
  for (const command of program.commands) command.copyInheritedSettings(program)
  try {
    await program.parseAsync([...argv])
    // A command may have set it.
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // Without a command, the help says what there is.
    if (error instanceof CommanderError && error.code === 'commander.help') return failureCode
    writeAll(2, `${escapeControls(lineOf(program, argv, error))}\n`)
    return failureCode
  }
}

function lineOf(program: Command, argv: readonly string[], error: unknown): string {
  if (error instanceof CommanderError) return usageError(program, argv, error)
  if (error instanceof CodedError) return error.message
  return errors.LEAKWATCH_INTERNAL(error instanceof Error ? error.message : String(error))
}
