/** The command line: one file a command. */
import { Command, CommanderError } from 'commander'
import { escapeControls } from '../report/escape.ts'
import { version } from '../version.ts'
import { diffCommand } from './diff.ts'
import { dumpCommand } from './dump.ts'
import { explainCommand } from './explain.ts'
import { initCommand } from './init.ts'
import { Misuse } from './misuse.ts'
import { psCommand } from './ps.ts'
import { runCommandOf } from './run.ts'
import { showCommand } from './show.ts'

/** Misuse, or an error of leakwatch's own. */
const misuseCode = 2

/** Runs the command that `argv` names; resolves with the exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('leakwatch')
    .usage('<command> [options]')
    .description('Names what was started in a Node.js process and never stopped.')
    .version(version)
    .addHelpText('after', '\nTo watch a process: node --import leakwatch app.js')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  program.addCommand(runCommandOf())
  program.addCommand(psCommand())
  program.addCommand(dumpCommand())
  program.addCommand(showCommand())
  program.addCommand(diffCommand())
  program.addCommand(explainCommand())
  program.addCommand(initCommand())
  for (const command of program.commands) command.copyInheritedSettings(program)
  try {
    await program.parseAsync([...argv])
    // Set by a command that has more to say than that it worked.
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

/** commander puts its suggestion on a line of its own: `error: unknown command 'shwo'`, `(Did you mean show?)`. */
function oneLine(text: string): string {
  return `${escapeControls(
    text
      .trim()
      .replace('\n(', ' (')
      .replace(/^error: /, 'leakwatch: '),
  )}\n`
}
