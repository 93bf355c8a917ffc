/** Runs a program, given as text, under leakwatch, and gives what can be seen of it and the reports that it saved. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../src/report/schema/report.ts'

export const node: string = process.env.NODE_UNDER_TEST ?? process.execPath
export const nodeVersion: string = execFileSync(node, ['-p', 'process.versions.node'], {
  encoding: 'utf8',
}).trim()
export const preload: string = new URL('../../dist/index.mjs', import.meta.url).href
/** For `--require`. */
export const required: string = fileURLToPath(new URL('../../dist/index.cjs', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const usualPatienceMs = 15_000

export type Child = ChildProcessByStdio<null, Readable, Readable>

export interface ProgramOptions {
  env?: Record<string, string>
  /** Node's own, before the program; by default the preload. */
  flags?: string[]
  /** Beside the program, by name. */
  files?: Record<string, string>
  /** Files of packages in its `node_modules`, by the package's name. */
  packages?: Record<string, Record<string, string>>
  /** Called once the program has said `ready` on its stdout. */
  whenReady?: (child: Child, folder: string) => void | Promise<void>
  /** It ends by SIGKILL after so long, which then shows. */
  patienceMs?: number
  /** Called as soon as it runs. */
  whenSpawned?: (child: Child) => void
}

export interface Run {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
  /** In the order in which they were saved. */
  reports: Report[]
  /** What else lies in its folder. */
  files: string[]
}

/** A class that holds something which keeps no process alive, so that a program that leaks it can drain. */
export const engine: string = `class Engine {
  start() { this.timer = setInterval(() => {}, 1000).unref() }
  stop() { clearInterval(this.timer) }
}
`

/** `leakwatch` can be imported by its name. Reports go to `reports/`, and nothing to stderr, unless `env` says so. */
export async function runProgram(source: string, options: ProgramOptions = {}): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-program-'))
  try {
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules', 'leakwatch'), 'dir')
    for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), text)
    for (const [name, files] of Object.entries(options.packages ?? {})) {
      mkdirSync(join(folder, 'node_modules', name))
      for (const [file, text] of Object.entries(files))
        writeFileSync(join(folder, 'node_modules', name, file), text)
    }
    writeFileSync(join(folder, 'program.mjs'), source)
    const seen = await watch(folder, options)
    return { ...seen, reports: readReports(join(folder, 'reports')), files: listFiles(folder, options) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function watch(folder: string, options: ProgramOptions) {
  const { env, flags, whenReady, whenSpawned, patienceMs = usualPatienceMs } = options
  const child = spawn(node, [...(flags ?? ['--import', preload]), 'program.mjs'], {
    cwd: folder,
    env: { ...inherited(), LEAKWATCH_OUT: 'reports', LEAKWATCH_FORMAT: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  let stdout = ''
  let stderr = ''
  let driven: unknown
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    if (driven === undefined && stdout.includes('ready')) driven = whenReady?.(child, folder) ?? true
  })
  if (whenSpawned === undefined)
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  else whenSpawned(child)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(overdue)
  await driven
  return { code, signal, stdout: stdout.replace(/^ready\n/m, ''), stderr }
}

/** Of this process: nothing that would set up the watched one. */
export function inherited(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([key]) => !/^(LEAKWATCH|NODE_|VITEST|CI$|FORCE_COLOR|NO_COLOR)/.test(key),
  )
  return Object.fromEntries(entries) as Record<string, string>
}

/** Every report saved in a folder; none where there is no folder. */
export function readReports(folder: string): Report[] {
  if (!existsSync(folder)) return []
  // A draft is renamed once it is whole.
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report)
}

function listFiles(folder: string, { files = {} }: ProgramOptions): string[] {
  const known = new Set(['node_modules', 'program.mjs', ...Object.keys(files)])
  return readdirSync(folder)
    .filter((name) => !known.has(name))
    .toSorted()
}

/** Of each report, in short: `exit: leak never-stopped Engine`. */
export function inShort({ reports }: Pick<Run, 'reports'>): string[] {
  return reports.map(({ trigger, findings, engines, handles }) => {
    const each = findings.map(({ severity, kind, engine: id, handles: [first] }) => {
      const blamed =
        id === null ? handles.find((handle) => handle.id === first) : engines.find((one) => one.id === id)
      return `${severity} ${kind} ${blamed?.name ?? 'nothing'}`
    })
    return `${trigger}: ${each.join(', ') || 'nothing'}`
  })
}

/** Until it is so; the runner's time limit ends what never is. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
}
