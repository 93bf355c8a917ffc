import { basename } from 'node:path'
import { redact } from '../../report/redact.ts'

const longest = 120
/** Test runners give their workers a dozen flags: these hide what runs. */
const longestWithFlags = 60

/**
 * A command as somebody would type it, on one line and without secrets: `node app.js 'a b'`. The first `flags` of its arguments
 * are shown where there is room.
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
  return redact([basename(program), ...words].map(quoted).join(' '))
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./\\…-]+$/.test(word)) return word
  return word.includes("'") && !/["$`\\]/.test(word) ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`
}
