/** Programs that go on running while the command line asks them. */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inherited, node, preload, until } from './program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = join(root, 'bin', 'leakwatch.js')

export interface Running {
  pid: number
  child: ChildProcessWithoutNullStreams
  /** So far, but for `ready`. */
  output: { stdout: string; stderr: string }
  isAlive(): boolean
  /** Lets go on what waits for its stdin, and waits for its end. */
  end(text?: string): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
}

export interface StartOptions {
  env?: Record<string, string>
  /** Node's own; by default the preload. */
  flags?: string[]
  /** Another program than Node. */
  command?: string[]
  uid?: number
}

export interface Answer {
  code: number
  stdout: string
  stderr: string
}

/** A folder of its own for temporary files, in which everything that is started and asked here meets. */
export class Place {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-running-')))
  readonly temporary: string = join(this.folder, 'tmp')
  readonly own: string = join(this.temporary, `leakwatch-${process.geteuid?.()}`)
  #programs = 0
  readonly #running: Running[] = []

  constructor() {
    mkdirSync(this.temporary)
    mkdirSync(join(this.folder, 'node_modules'))
    symlinkSync(root, join(this.folder, 'node_modules', 'leakwatch'), 'dir')
  }

  /** Resolves once the program has said `ready`. */
  async start(source: string, { env, flags, command, uid }: StartOptions = {}): Promise<Running> {
    this.#programs += 1
    const file = `program-${this.#programs}.mjs`
    writeFileSync(join(this.folder, file), source)
    const [name = node, ...args] = command ?? [node, ...(flags ?? ['--import', preload]), file]
    const child = spawn(name, args, {
      cwd: uid === undefined ? this.folder : '/',
      env: { ...this.#environment(), ...env },
      ...(uid === undefined ? {} : { uid }),
    })
    const running = followed(child)
    this.#running.push(running)
    if (command === undefined)
      await until(() => running.output.stdout.includes('ready') || !running.isAlive())
    else await once(child, 'spawn')
    running.output.stdout = running.output.stdout.replace('ready\n', '')
    return running
  }

  /** What the watched processes tell of themselves, and what they are asked. */
  files(): string[] {
    return existsSync(this.own) ? readdirSync(this.own).toSorted() : []
  }

  /** Until the process has told of itself. */
  async told({ pid }: Running): Promise<string> {
    const entry = () => this.files().find((name) => name.startsWith(`${pid}-`) && name.endsWith('.process'))
    await until(() => entry() !== undefined)
    return entry() as string
  }

  leakwatch(...args: string[]): Promise<Answer> {
    return this.#asking(args).answer
  }

  /** Asks the process for a report; resolves once it is asked. The signal comes right after that. */
  async dumping({ pid }: Running): Promise<{ answer: Promise<Answer> }> {
    const { by, answer } = this.#asking(['dump', String(pid)])
    const isAsked = (name: string) => name.startsWith(`${pid}-`) && name.includes(`.${by}-`)
    await until(() => this.files().some(isAsked))
    return { answer }
  }

  #asking(args: readonly string[]): { by: number | undefined; answer: Promise<Answer> } {
    let by: number | undefined
    const answer = new Promise<Answer>((resolve) => {
      const options = { cwd: this.folder, env: this.#environment(), maxBuffer: 2 ** 26 }
      const child = execFile(node, [bin, ...args], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      })
      by = child.pid
    })
    return { by, answer }
  }

  async clear(): Promise<void> {
    await Promise.all(this.#running.map((each) => each.kill('SIGKILL')))
    rmSync(this.folder, { recursive: true, force: true })
  }

  #environment(): Record<string, string> {
    const { XDG_RUNTIME_DIR: _, ...env } = inherited()
    return { ...env, TMPDIR: this.temporary, LEAKWATCH_FORMAT: 'text' }
  }
}

function followed(child: ChildProcessWithoutNullStreams): Running {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (output[name] += chunk))
  }
  child.stdin.on('error', () => {})
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    pid: child.pid as number,
    child,
    output,
    isAlive,
    async end(text = 'end') {
      child.stdin.write(`${text}\n`)
      await closed
    },
    async kill(signal) {
      child.kill(signal)
      await closed
    },
  }
}
