import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inherited, node, nodeVersion, preload } from './program.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-terminal-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** util-linux's `script` gives a program a terminal of 80 columns; others of that name take other options. */
function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).includes('util-linux')
  } catch {
    return false
  }
}

/** What a program prints whose stdin, stdout and stderr are a terminal. */
function onTerminal(name: string, source: string): Promise<string> {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, source)
  const command = `stty cols 80; exec '${node}' --import '${preload}' '${file}'`
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env: { ...inherited(), NO_COLOR: '1' }, timeout: 15_000 }
    const child = execFile('script', ['-qec', command, '/dev/null'], options, (error, stdout) => {
      if (error === null) resolve(stdout.replaceAll('\r', ''))
      else reject(error)
    })
    child.stdin?.end()
  })
}

describe.skipIf(!hasScript())(`on a terminal, on Node ${nodeVersion}`, () => {
  it('stdin, stdout and stderr are no leaks', async () => {
    const printed = await onTerminal(
      'prints',
      `console.log('hello'); console.error('there'); process.stdin.on('error', () => {}).resume()
       setTimeout(() => process.exit(), 100)`,
    )
    expect(printed).toContain('hello\nthere\n')
    expect(printed).not.toContain('leakwatch')
  })

  it('a terminal that the program opened is one, told as text', async () => {
    const printed = await onTerminal(
      'opens',
      `import { openSync } from 'node:fs'
       import { ReadStream, WriteStream } from 'node:tty'
       const keys = new ReadStream(openSync('/dev/tty', 'r'))
       const screen = new WriteStream(openSync('/dev/tty', 'w'))
       setTimeout(() => process.exit(), 100)`,
    )
    expect(printed).toMatch(/^leakwatch: 2 leaks in opens\.mjs \(pid \d+\) at exit$/m)
    expect(printed).toMatch(/created +opens\.mjs:3\D[^✖]*1 tty\.ReadStream \(fd \d+\)/)
    expect(printed).toMatch(/created +opens\.mjs:4\D[^✖]*1 tty\.WriteStream \(fd \d+\)/)
  })
})
