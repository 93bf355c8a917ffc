/** leakwatch as a user gets it: packed, and installed in an empty folder. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** The Node under test. */
export const node: string = process.env.NODE_UNDER_TEST ?? process.execPath

export interface Packed {
  /** Has `node_modules`; the working directory of every run. */
  folder: string
  /** What the tarball contains, as paths within it. */
  files: string[]
}

/** `others`: further packages to install beside it. Needs the registry, or npm's cache. */
export function installPacked(others: readonly string[]): Packed {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-packed-')))
  // Without scripts: `prepack` would build again what other tests are running.
  const json = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder, checkout], folder)
  const packs = Object.values(JSON.parse(json)) as { filename: string; files: { path: string }[] }[]
  const [pack] = packs
  if (pack === undefined) throw new Error(`Expected npm to pack one tarball; it said ${json}`)
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true }')
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', `./${pack.filename}`, ...others], folder)
  return { folder, files: pack.files.map(({ path }) => path).sort() }
}

function npm(args: string[], cwd: string): string {
  return execFileSync('npm', args, {
    cwd,
    env: environment({}),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The script that the command `name` of the `PATH` runs. */
export function scriptOf(name: string): string {
  const folder = (process.env.PATH ?? '').split(delimiter).find((each) => existsSync(join(each, name)))
  if (folder === undefined) throw new Error(`Expected \`${name}\` to be on the PATH`)
  return realpathSync(join(folder, name))
}

export interface Outcome {
  ending: number | string | null
  stdout: string
  stderr: string
}

/** Runs the Node under test. */
export async function run(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(node, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  const outcome: Outcome = { ending: null, stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (outcome.stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (outcome.stderr += chunk))
  const [code, signal] = await once(child, 'close')
  return { ...outcome, ending: code ?? signal }
}

/** With the Node under test first on the `PATH`: package managers start what they find there. */
function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const unwanted = /^(LEAKWATCH|NODE_|VITEST|npm_|CI$|FORCE_COLOR|COREPACK)/i
  const inherited = Object.entries(process.env).filter(([key]) => !unwanted.test(key))
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`
  return { ...Object.fromEntries(inherited), PATH: path, ...env }
}
