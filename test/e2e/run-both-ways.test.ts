import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, it, vi } from 'vitest'
import { nodeVersion } from './program.ts'
import { type CommandOptions, makeFolder, runCommand } from './run-command.ts'

vi.setConfig({ maxConcurrency: 3, testTimeout: 90_000 })

const folder = makeFolder({
  'program with spaces.mjs': "console.log(process.argv.slice(2)); process.stdout.write('ü')\n",
  'plain.txt': 'no program\n',
  script: 'echo "$1" and "$#"\n',
  'bin/tool': '#!/bin/sh\nexec node "$@"\n',
})
chmodSync(join(folder.path, 'script'), 0o755)
chmodSync(join(folder.path, 'bin/tool'), 0o755)
afterAll(() => folder.remove())

const waits = 'setTimeout(() => {}, 10_000);'
const kill = (signal: string): string[] => ['node', '-e', `${waits}process.kill(process.pid, '${signal}')`]
const numbers = Array.from({ length: 20_000 }, (_, index) => `${index}\n`).join('')

/** The command, and what its standard input is. */
const programs: Record<string, [command: string[], stdin?: string]> = {
  'exit 0': [['node', '-e', '0']],
  'exit 1': [['node', '-e', 'process.exit(1)']],
  'exit 3 of a shell': [['sh', '-c', 'exit 3']],
  'exit 255': [['node', '-e', 'process.exitCode = 255']],
  'death by SIGTERM': [kill('SIGTERM')],
  'death by SIGINT': [kill('SIGINT')],
  'death by SIGKILL': [kill('SIGKILL')],
  'death by SIGABRT': [['node', '-e', 'process.abort()']],
  'death of a shell by SIGQUIT': [['sh', '-c', 'kill -QUIT $$']],
  'an uncaught error': [['node', '-e', "throw new Error('no')"]],
  'an unhandled rejection': [['node', '-e', "Promise.reject(new Error('no'))"]],
  'stdin to its end': [
    [
      'node',
      '-e',
      "let all = ''; process.stdin.on('data', (text) => (all += text)).on('end', () => console.log(all.length))",
    ],
    numbers,
  ],
  'exit inside an exit listener': [['node', '-e', "process.on('exit', () => process.exit(7))"]],
  'exit right after output': [['node', '-e', "process.stdout.write('x'.repeat(50_000)); process.exit(4)"]],
  'a closed pipe': [
    [
      'sh',
      '-c',
      `node -e "process.stdout.on('error', ({ code }) => { console.error(code); process.exit(6) }); setInterval(() => process.stdout.write('y'.repeat(99999)), 1)" | head -c 10`,
    ],
  ],
  'a pipeline': [['sh', '-c', 'cat | head -3 | wc -l'], numbers],
  'a second SIGTERM': [
    [
      'node',
      '-e',
      `let times = 0; ${waits} process.on('SIGTERM', () => { times += 1; console.log(times); if (times === 2) process.exit(5); process.kill(process.pid, 'SIGTERM') }); process.kill(process.pid, 'SIGTERM')`,
    ],
  ],
  'a command that is not found': [['leakwatch-no-such-command']],
  'an empty command': [['']],
  'a file that is not executable': [['./plain.txt']],
  'a script without a first line': [['./script', 'a b']],
  'a path with spaces, and arguments of all kinds': [
    ['node', 'program with spaces.mjs', 'a b', '', "c'd", '--', '--fail', '*', '$HOME', 'ü'],
  ],
  'a script that is replaced by node': [['bin/tool', '-p', '1 + 1']],
  'what is a terminal': [['node', '-p', '[process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY]']],
}

describe(`a command and the same under \`leakwatch run\`, on Node ${nodeVersion}`, () => {
  for (const [title, [command, stdin = '']] of Object.entries(programs)) {
    it.concurrent(`${title}: exit code and stdout are the same`, async ({ expect }) => {
      const options: CommandOptions = { stdin, env: { LEAKWATCH_FORMAT: 'none' } }
      // Bare: as a shell tells it.
      const bare = await runCommand(folder, ['sh', '-c', '"$@"', 'sh', ...command], {
        ...options,
        flags: null,
      })
      const watched = await runCommand(folder, command, { ...options, flags: ['--no-fail'] })
      expect([watched.code, watched.signal, watched.stdout]).toEqual([bare.code, null, bare.stdout])
      expect(watched.left).toEqual([])
    })
  }
})
