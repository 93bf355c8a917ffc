/** Whatever a program is called, is given, or has in its code: its secrets are in no report, in no format. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { plantedArguments, plantedCode, plantedTexts } from '../report/secrets/planted.ts'
import { leakwatch } from './command.ts'
import { nodeVersion, preload } from './program.ts'
import { type CommandRun, makeFolder, runCommand } from './run-command.ts'

const formats = ['text', 'json', 'ndjson', 'html', 'sarif', 'junit', 'github']

/** Each is one engine's name, and that of the function that starts it. */
const names = `import { readFileSync } from 'node:fs'
import { openEngine, track } from '${preload}'
import { createServer } from 'node:net'
const texts = JSON.parse(readFileSync('texts.json', 'utf8'))
globalThis.kept = texts.map((name) => {
  const start = () => track({ timer: setInterval(() => {}, 1000).unref(), stop() {} }, { name })
  Object.defineProperty(start, 'name', { value: name })
  openEngine(name + ' again').run(() => setInterval(() => {}, 1000).unref())
  return start()
})
createServer().listen('token=hunter2-socket').unref()
`

/** Each line of code starts an engine, with what has the secret in a comment that looks like code. */
const code = (lines: readonly string[]): string =>
  `import { track } from '${preload}'
globalThis.kept = []
${lines
  .map((line) => line.replaceAll('/*', '').replaceAll('*/', '').replaceAll('\n', ' '))
  .map((line, index) => `kept.push(track({ stop() {} }, { name: 'E${index}' }/* ${line} */))`)
  .join('\n')}
`

const secrets = [
  ...new Set([...plantedTexts, ...plantedCode, ...plantedArguments].map(({ secret }) => secret)),
  'hunter2-socket',
]
const folder = makeFolder({
  'token=hunter2/texts.json': JSON.stringify(plantedTexts.map(({ text }) => text)),
  'token=hunter2/names.mjs': names,
  'token=hunter2/code.mjs': code(plantedCode.map(({ text }) => text)),
})
afterAll(() => folder.remove())

function shownIn(text: string): string[] {
  // What is shown of a name is not what it is escaped as.
  const plain = text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('%25', '%')
  const shown = secrets.filter((secret) => plain.includes(secret))
  return shown.map((secret) =>
    plain.slice(Math.max(0, plain.indexOf(secret) - 200), plain.indexOf(secret) + 40),
  )
}

function run(program: string, format: string, args: readonly string[] = []): Promise<CommandRun> {
  const cwd = join(folder.path, 'token=hunter2')
  return runCommand(folder, ['node', program, ...args], {
    flags: ['--format', format],
    cwd,
    env: { LEAKWATCH_SERVICE: 'shop postgres://svc:hunter2@db/shop', LEAKWATCH_STACKS: 'all' },
  })
}

describe(`secrets, on Node ${nodeVersion}`, () => {
  it.each(formats)('of names, paths, code and arguments are not in %s', async (format) => {
    const runs = await Promise.all([
      run(
        'names.mjs',
        format,
        plantedTexts.slice(0, 150).map(({ text }) => text),
      ),
      run('code.mjs', format, ['mysql', '-phunter2', '--password', 'hunter2']),
    ])
    for (const { code, stdout, stderr, report } of runs) {
      expect(code).toBe(23)
      const all = [stdout, stderr, report === null ? '' : JSON.stringify(report)].join('\n')
      expect(all.length).toBeGreaterThan(10_000)
      expect(shownIn(all)).toEqual([])
    }
  })

  it('of errors of the command line, and of settings, are not shown', async () => {
    const { stderr } = await runCommand(folder, ['node', '-e', '0'], {
      env: { LEAKWATCH_FORMAT: 'postgres://svc:hunter2@db/shop', LEAKWATCH_GRACE_MS: 'token=hunter2' },
    })
    expect(stderr).toContain('LEAKWATCH_FORMAT_UNKNOWN')
    expect(shownIn(stderr)).toEqual([])
    const { stderr: misuse } = await leakwatch(['show', 'postgres://svc:hunter2@db/shop'], folder.path)
    expect(misuse).toContain('postgres://***@db')
  })
})
