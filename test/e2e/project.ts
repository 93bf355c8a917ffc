/** A project of its own in a folder of its own, as a user of a test runner has it; and what its files say that leaks. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inherited, node } from './program.ts'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  code: number
  /** What it printed, stdout first. */
  output: string
  stderr: string
}

/** A library that leakwatch knows by name, for a project's `node_modules`. */
export const library: Readonly<Record<string, string>> = {
  'node_modules/ws/package.json':
    '{ "name": "ws", "version": "8.0.0", "main": "lib/websocket-server.js", "type": "commonjs" }',
  'node_modules/ws/lib/websocket-server.js': `class WebSocketServer {
  constructor() { this._server = require('node:http').createServer().listen(0) }
  close() { this._state = 2; this._server.close() }
}
module.exports = { WebSocketServer }
`,
}

export class Project {
  readonly folder: string

  /** `packages`: where those are that it has installed beside leakwatch. */
  constructor(files: Record<string, string>, packages: Record<string, string> = {}) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-project-')))
    const modules = join(this.folder, 'node_modules')
    mkdirSync(modules)
    for (const [name, target] of Object.entries({ leakwatch: root, ...packages }))
      symlinkSync(target, join(modules, name), 'dir')
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true })
      writeFileSync(join(this.folder, name), text)
    }
  }

  /** Runs Node in its folder. What takes longer than `patienceMs` is ended. */
  run(args: readonly string[], env: Record<string, string> = {}, patienceMs = 60_000): Promise<Outcome> {
    const options = {
      cwd: this.folder,
      env: { ...inherited(), NO_COLOR: '1', ...env },
      timeout: patienceMs,
      maxBuffer: 2 ** 26,
    }
    return new Promise((resolve) => {
      execFile(node, args, options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr, stderr })
      })
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The leaks that the files say they have, at the ends of their lines, `// leak: <test>`; sorted: `<file>:<line> <test>`. */
export function expectedLeaks(files: Record<string, string>): string[] {
  return Object.entries(files)
    .flatMap(([file, text]) =>
      text.split('\n').flatMap((line, index) => {
        const test = / \/\/ leak: (.*)/.exec(line)?.[1]
        return test === undefined ? [] : [`${file}:${index + 1} ${test}`]
      }),
    )
    .sort()
}

/** The test that a leak's text names. */
export function blamedTest(text: string, otherwise = 'no test'): string {
  return / test +(?:\S+ > )(.*)/.exec(text)?.[1] ?? otherwise
}

interface JsonReport {
  testResults: { assertionResults: { status: string; fullName: string }[] }[]
}

/** The tests that have failed, as the JSON reporters of Jest and vitest tell it. */
export function failedTests(json: string): string[] {
  return (JSON.parse(json) as JsonReport).testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName)
    .sort()
}
