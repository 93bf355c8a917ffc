/** `leakwatch init`: writes a config file with comments, and prints lines to paste where programs are run. */

import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { Argument, Command } from 'commander'
import { CodedError } from '../errors/coded-error.ts'
import { errors } from '../errors/errors.ts'
import { standardOutput } from '../report/output/choose-format.ts'
import { painter } from '../report/words/colour.ts'
import { wrap } from '../report/words/layout.ts'
import { settingTable } from '../settings/settings.ts'
import { isOutputColoured } from './console/environment.ts'
import { examples } from './console/examples.ts'
import { print } from './console/print.ts'
import { files } from './monitoring/files.ts'
import { defaultOf, keyOf, settingNotes } from './setting-notes.ts'
import { snippets } from './snippets.ts'

const fileName = 'leakwatch.config.json'

export function initCommand(): Command {
  return new Command('init')
    .summary('write leakwatch.config.json, and print lines to paste')
    .description(
      `Writes a commented \`${fileName}\` into the working directory, and prints the lines to paste ` +
        'for Kubernetes, Docker, pm2, systemd, coding agents and GitHub Actions. With the name of a tool it ' +
        'only prints a file for that: manifests, alert rules, a dashboard, an index template.',
    )
    .addArgument(new Argument('[tool]', 'print a file for it').choices(Object.keys(files)))
    .option('--force', 'overwrite an existing file')
    .addHelpText(
      'after',
      examples([
        ['leakwatch init', 'a file with every setting and its default'],
        ['leakwatch init kubernetes > leakwatch.yml', 'manifests with comments, to copy from'],
        ['leakwatch init prometheus > rules.yml', 'alert rules; `promtool` checks them'],
        ['leakwatch init grafana > board.json', 'a dashboard to import'],
      ]),
    )
    .action((tool: keyof typeof files | undefined, { force }: { force?: true }) => {
      if (tool === undefined) init(force === true)
      else print(files[tool].text())
    })
}

function init(isForced: boolean): void {
  const file = join(process.cwd(), fileName)
  try {
    // `x` fails on a link: somebody else may have made it.
    writeFileSync(file, configText(process.cwd()), { flag: isForced ? 'w' : 'wx' })
  } catch (error) {
    throw unwritten(error as NodeJS.ErrnoException)
  }
  const output = standardOutput()
  const paint = painter(isOutputColoured(output))
  const pasted = snippets.map(({ title, lines }) => `${paint('title', title)}\n\n${lines}\n`)
  print(`Wrote ${fileName}. To run programs under leakwatch:\n\n${pasted.join('\n')}`)
}

function unwritten({ code, message }: NodeJS.ErrnoException): CodedError {
  if (code === 'EEXIST') {
    return new CodedError(errors.LEAKWATCH_CONFIG_EXISTS(fileName))
  }
  return new CodedError(errors.LEAKWATCH_CONFIG_UNWRITABLE(fileName, code ?? message))
}

/**
 * JSON with comments: every setting with its default, or an example, and what it means. All are commented out, so that the file changes
 * nothing: `run` has defaults of its own, and a later leakwatch may have others. What stands last is set, so that whoever uses one
 * need not care about commas.
 */
export function configText(folder: string): string {
  const paragraphs = Object.entries(settingTable).map(([name, { default: standard }]) => {
    const { meaning, example } = settingNotes[name as keyof typeof settingNotes]
    const shown = name === 'ignore' ? ignoreText : spaced(defaultOf(standard) ?? example)
    const comment = wrap(meaning, commentWidth).map((line) => `  // ${line}`)
    return [...comment, `  // "${keyOf(name)}": ${shown},`].join('\n')
  })
  return `{\n${paragraphs.join('\n\n')}\n\n  "$schema": ${JSON.stringify(schemaPath(folder))}\n}\n`
}

/** JSON on one line, as people write it. */
function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/([[{])\n\s*|\n\s*([\]}])|\n\s*/g, (found, open, close) => {
    if (open !== undefined) return open === '{' ? '{ ' : open
    if (close !== undefined) return close === '}' ? ' }' : close
    return found === '' ? '' : ' '
  })
}

const commentWidth = 96
const ignoreText = '[{ "engine": "Metrics", "reason": "lives as long as the process" }]'

/** Where editors find the schema: in the nearest `node_modules` that has leakwatch, else in this folder's. */
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
