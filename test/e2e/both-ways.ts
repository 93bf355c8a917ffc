/** Runs a program of `fixtures/both-ways/` bare or under leakwatch, and gives all that can be seen of it from outside. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface BothWays {
  /** Relative to `fixtures/both-ways/`. */
  name: string
  file: string
  flags: string[]
  /** The oldest Node that can run it, `[major, minor]`. */
  since: readonly [number, number]
  /** The stream whose reader goes away at once. */
  closed: 'stdout' | 'stderr' | null
  stdin: string
  /**
   * What of Node's own makes a difference that is no doing of leakwatch's, and is therefore in the bare run too: `import`,
   * an `--import` of an empty module, where leakwatch is imported.
   */
  bare: string | null
}

export interface NodeBinary {
  path: string
  major: number
  minor: number
}

export interface Outcome {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

const folder = fileURLToPath(new URL('../../fixtures/both-ways', import.meta.url))
const imported = new URL('../../dist/index.mjs', import.meta.url).href
const required = fileURLToPath(new URL('../../dist/index.cjs', import.meta.url))
const emptyModule = 'data:text/javascript,'
/** One that does not end by itself ends by SIGKILL, which then shows. */
const patienceMs = 15_000

export function nodeBinary(path: string): NodeBinary {
  const version = execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return { path, major, minor }
}

export function readBothWays(): BothWays[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map(({ name }) => {
      const file = join(folder, name)
      const text = readFileSync(file, 'utf8')
      const header = (key: string) => new RegExp(`^// ${key}: (.+)$`, 'm').exec(text)?.[1]
      const [major = '0', minor = '0'] = header('node')?.replace('>=', '').split('.') ?? []
      const closed = header('close')
      return {
        name,
        file,
        flags: header('flags')?.split(' ') ?? [],
        since: [Number(major), Number(minor)],
        closed: closed === 'stdout' || closed === 'stderr' ? closed : null,
        stdin: header('stdin') ?? '',
        bare: header('bare')?.split(':')[0] ?? null,
      }
    })
}

/** How leakwatch is preloaded: by `--require`, or by `--import`. */
export type Way = 'require' | 'import'

/** `env`: settings of leakwatch's; `null` runs the program without it. */
export async function runBothWays(
  node: NodeBinary,
  program: BothWays,
  way: Way,
  env: Record<string, string> | null,
): Promise<Outcome> {
  const { file, flags, closed, stdin } = program
  const child = spawn(node.path, [...flags, ...preloadBy(way, program, env !== null), file], {
    cwd: dirname(file),
    env: { ...inherited(), ...env },
  })
  const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    if (name === closed) child[name].destroy()
    else child[name].setEncoding('utf8').on('data', (chunk: string) => (output[name] += chunk))
  }
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const [code, signal] = await once(child, 'close')
  clearTimeout(overdue)
  return { code, signal, stdout: normalised(output.stdout), stderr: firstFrames(normalised(output.stderr)) }
}

function preloadBy(way: Way, { bare }: BothWays, isWatched: boolean): string[] {
  if (isWatched) return way === 'require' ? ['--require', required] : ['--import', imported]
  return way === 'import' && bare === 'import' ? ['--import', emptyModule] : []
}

function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(LEAKWATCH|NODE_|VITEST|CI$|FORCE_COLOR)/.test(key)),
  )
}

function normalised(text: string): string {
  return text
    .replace(/\(node:\d+\)/g, '(node:PID)')
    .replace(/both-ways-\w{6}\b/g, 'both-ways-TEMPORARY')
    .replace(/\d+ lines matching cause stack trace/g, 'N lines matching cause stack trace')
}

/** Of each stack only its first frame: below it, calls through a wrapped method have frames of leakwatch's. */
function firstFrames(text: string): string {
  const isFrame = (line: string | undefined) => line !== undefined && /^\s+at /.test(line)
  const lines = text.split('\n')
  return lines.filter((line, index) => !isFrame(line) || !isFrame(lines[index - 1])).join('\n')
}
