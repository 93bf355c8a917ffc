import { basename } from 'node:path'
import { redact } from '../../report/redact.ts'

const longest = 120

/** A command as somebody would type it, on one line and without secrets: `node app.js 'a b'`. */
export function commandText([program = '', ...args]: readonly string[]): string {
  const folder = `${process.cwd()}/`
  const words = [
    basename(program),
    ...args.map((arg) => (arg.startsWith(folder) ? arg.slice(folder.length) : arg)),
  ]
  const text = redact(words.map(quoted).join(' '))
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(word)) return word
  return word.includes("'") && !/["$`\\]/.test(word) ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`
}
