/** The command line: one file a command. */
import { Command, CommanderError } from 'commander'
import { escapeControls } from '../report/escape.ts'
import { version } from '../version.ts'
import { Misuse } from './misuse.ts'
import { runCommandOf } from './run.ts'
import { showCommand } from './show.ts'

/** Misuse, or an error of leakwatch's own. */
const misuseCode = 2

/** Runs the command that `argv` names; resolves with the exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('leakwatch')
    .description('Names what was started in a Node.js process and never stopped.')
    .version(version)
    .addHelpText('after', '\nTo watch a process: node --import leakwatch app.js')
    .enablePositionalOptions()
    .exitOverride()
  program.addCommand(runCommandOf())
  program.addCommand(showCommand())
  for (const command of program.commands) command.exitOverride()
  try {
    await program.parseAsync([...argv])
    return Number(process.exitCode ?? 0)
  } catch (error) {
    // commander has said what is wrong itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : misuseCode
    const line =
      error instanceof Misuse ? error.message : `leakwatch: ${error instanceof Error ? error.message : error}`
    process.stderr.write(`${escapeControls(line)}\n`)
    return misuseCode
  }
}
