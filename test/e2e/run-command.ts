/** Runs commands under `leakwatch run`, in a folder of their own and with one for temporary files that has to stay empty. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../src/report/schema/report.ts'
import { inherited, node } from './program.ts'

export const bin: string = fileURLToPath(new URL('../../bin/leakwatch.js', import.meta.url))
/** One that does not end by itself ends by SIGKILL, which then shows. */
const patienceMs = 60_000

export interface CommandRun {
  code: number | null
  signal: string | null
  /** Without that report. */
  stdout: string
  stderr: string
  /** The merged report, where it was printed as JSON. */
  report: Report | null
  /** What is left in the folder for temporary files. */
  left: string[]
}

export interface CommandOptions {
  /** Flags of `run`; by default `--format json`. `null`: without `run`. */
  flags?: string[] | null
  env?: Record<string, string>
  /** `null`: stays open. */
  stdin?: string | null
  cwd?: string
  /** In a process group of its own. */
  detached?: boolean
  /** Called once it has said `ready <pid>` on its stdout; `said` gives all of that so far. */
  whenReady?: (child: ChildProcess, pid: number, said: () => string) => void | Promise<void>
}

export interface Folder {
  path: string
  remove(): void
}

/** `node` is the Node that is tested, first in `PATH`. */
export function makeFolder(files: Record<string, string>): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-run-test-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export async function runCommand(
  folder: Folder,
  command: readonly string[],
  options: CommandOptions = {},
): Promise<CommandRun> {
  const temporary = mkdtempSync(join(folder.path, 'tmp-'))
  const { flags = ['--format', 'json'], stdin = '' } = options
  const [file = '', ...args] = flags === null ? command : [node, bin, 'run', ...flags, '--', ...command]
  const child = spawn(file, args, {
    cwd: options.cwd ?? folder.path,
    detached: options.detached ?? false,
    env: {
      ...inherited(),
      PATH: `${dirname(node)}:${process.env.PATH}`,
      TMPDIR: temporary,
      ...options.env,
    },
  })
  const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  const output = { stdout: '', stderr: '' }
  let driven: unknown
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
      const pid = /ready (\d+)/.exec(output.stdout)?.[1]
      if (driven !== undefined || pid === undefined) return
      driven = options.whenReady?.(child, Number(pid), () => output.stdout) ?? true
    })
  }
  child.stdin?.on('error', () => {})
  if (stdin !== null) child.stdin?.end(stdin)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(overdue)
  await driven
  const { report, rest } = reportIn(output.stdout)
  return { code, signal, ...output, stdout: rest, report, left: readdirSync(temporary) }
}

function reportIn(stdout: string): { report: Report | null; rest: string } {
  const line = stdout.split(/(?<=\n)/).find((each) => each.startsWith('{"schema"'))
  if (line === undefined) return { report: null, rest: stdout }
  return { report: JSON.parse(line) as Report, rest: stdout.replace(line, () => '') }
}

/** Who leaked what: `node a.mjs: never-stopped A`, `node a.mjs thread: orphan setInterval`. */
export function leaksOf(report: Report | null): string[] {
  return (report?.findings ?? []).map(({ kind, engine, handles, process: key }) => {
    const of = report?.processes?.find(({ pid, threadId }) => pid === key?.pid && threadId === key.threadId)
    const subject =
      report?.engines.find(({ id }) => id === engine) ?? report?.handles.find(({ id }) => id === handles[0])
    return `${of?.command}${of?.isMainThread ? '' : ` thread ${of?.main?.split('/').at(-1)}`}: ${kind} ${subject?.name}`
  })
}

/** A module that leaks one engine of this name, which keeps no process alive. */
export function leaking(name: string): string {
  return `class ${name} {
  start() { this.timer = setInterval(() => {}, 1000).unref() }
  stop() { clearInterval(this.timer) }
}
globalThis.kept = new ${name}()
globalThis.kept.start()
`
}
