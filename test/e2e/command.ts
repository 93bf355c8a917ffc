/** Runs a command of leakwatch's, as a user does. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inherited, node } from './program.ts'

const bin = fileURLToPath(new URL('../../bin/leakwatch.js', import.meta.url))

export interface CommandRun {
  code: number
  stdout: string
  stderr: string
}

export interface CommandOptions {
  env?: Record<string, string>
  input?: string
}

export function leakwatch(
  args: readonly string[],
  cwd: string,
  { env, input }: CommandOptions = {},
): Promise<CommandRun> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...inherited(), ...env } }
    const child = execFile(node, [bin, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
    child.stdin?.end(input)
  })
}
