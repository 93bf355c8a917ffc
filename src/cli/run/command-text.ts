import { basename } from 'node:path'
import { redactArguments } from '../../report/secrets/redact.ts'

const longest = 120
/** Test runners start their workers with a dozen flags, which hide the program. */
const longestWithFlags = 60

/**
 * A command as somebody would type it, on one line and without secrets: `node app.js 'a b'`. The first `flags` arguments are left
 * out if the line is long.
 */
export function commandText([program = '', ...args]: readonly string[], flags = 0): string {
  const whole = textOf(program, args)
  const text =
    whole.length > longestWithFlags && flags > 0 && flags < args.length
      ? textOf(program, ['…', ...args.slice(flags)])
      : whole
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function textOf(program: string, args: readonly string[]): string {
  const folder = `${process.cwd()}/`
  const words = args.map((arg) => (arg.startsWith(folder) ? arg.slice(folder.length) : arg))
  return redactArguments([basename(program), ...words])
    .map(quoted)
    .join(' ')
}

function quoted(word: string): string {
  if (/^(?:[\w@%+=:,./\\…-]|\*{3})+$/.test(word)) return word
  return word.includes("'") && !/["$`\\]/.test(word) ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`
}
