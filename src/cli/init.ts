/** `leakwatch init`: a commented config file, and the lines to paste where programs are run. */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { Command } from 'commander'
import { standardOutput } from '../report/choose-format.ts'
import { painter } from '../report/colour.ts'
import { wrap } from '../report/layout.ts'
import { settingTable } from '../settings.ts'
import { examples } from './examples.ts'
import { Misuse } from './misuse.ts'
import { print } from './print.ts'
import { defaultOf, keyOf, settingNotes } from './setting-notes.ts'
import { snippets } from './snippets.ts'
import { coloured } from './surroundings.ts'

const fileName = 'leakwatch.config.json'

export function initCommand(): Command {
  return new Command('init')
    .summary('write leakwatch.config.json, and print lines to paste')
    .description(
      `Writes a commented \`${fileName}\` into the working directory, and prints the lines to paste ` +
        'for Kubernetes, Docker, pm2, systemd and GitHub Actions.',
    )
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      examples([
        ['leakwatch init', 'a file with every setting and its default'],
        ['leakwatch init --force', 'the same, over the one that is there'],
      ]),
    )
    .action(({ force }: { force?: true }) => init(force === true))
}

function init(isForced: boolean): void {
  const file = join(process.cwd(), fileName)
  try {
    // Never through a link that somebody else laid: `x` fails on it.
    writeFileSync(file, configText(process.cwd()), { flag: isForced ? 'w' : 'wx' })
  } catch (error) {
    throw unwritten(error as NodeJS.ErrnoException)
  }
  const output = standardOutput()
  const paint = painter(coloured(output))
  const pasted = snippets.map(({ title, lines }) => `${paint('title', title)}\n\n${lines}\n`)
  print(`Wrote ${fileName}. To run programs under leakwatch:\n\n${pasted.join('\n')}`)
}

function unwritten({ code, message }: NodeJS.ErrnoException): Misuse {
  if (code === 'EEXIST') {
    return new Misuse(
      'LEAKWATCH_CONFIG_EXISTS',
      `expected no \`${fileName}\` here; got one. \`--force\` writes over it.`,
    )
  }
  return new Misuse(
    'LEAKWATCH_CONFIG_UNWRITABLE',
    `expected to write \`${fileName}\` here; got ${code ?? message}`,
  )
}

/**
 * JSON with comments: every setting with its default and what it means. One without a default is commented out; these
 * come first, so that each may be commented in and no comma is one too many.
 */
export function configText(folder: string): string {
  const entries = Object.entries(settingTable).map(([name, { default: standard }]) => {
    const { meaning, example } = settingNotes[name as keyof typeof settingNotes]
    const value = defaultOf(standard)
    const shown = name === 'ignore' ? ignoreText : JSON.stringify(value ?? example)
    const comment = wrap(meaning, commentWidth).map((line) => `  // ${line}`)
    return { comment, isSet: value !== null, line: `"${keyOf(name)}": ${shown}` }
  })
  const unset = entries.filter(({ isSet }) => !isSet)
  const set = entries.filter(({ isSet }) => isSet)
  const paragraphs = [
    `{\n  "$schema": ${JSON.stringify(schemaPath(folder))},`,
    ...unset.map(({ comment, line }) => [...comment, `  // ${line},`].join('\n')),
    ...set.map(({ comment, line }, index) =>
      [...comment, `  ${line}${index < set.length - 1 ? ',' : ''}`].join('\n'),
    ),
  ]
  return `${paragraphs.join('\n\n')}\n}\n`
}

const commentWidth = 96
const ignoreText = `[
    // { "engine": "Metrics", "reason": "lives as long as the process" }
  ]`

/** Where editors find the schema: in the nearest `node_modules` that has leakwatch, else where it will be. */
function schemaPath(folder: string): string {
  const schema = join('node_modules', 'leakwatch', 'dist', 'config-schema.json')
  for (let each = folder; ; each = dirname(each)) {
    if (existsSync(join(each, schema))) return asRelative(relative(folder, join(each, schema)))
    if (dirname(each) === each) return asRelative(schema)
  }
}

function asRelative(path: string): string {
  const shown = path.split(sep).join('/')
  return shown.startsWith('.') ? shown : `./${shown}`
}
