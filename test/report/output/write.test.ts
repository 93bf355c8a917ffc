import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** As built: not every Node runs TypeScript. */
const writeModule = new URL('../../../dist/report/output/write.js', import.meta.url).href

let root: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'output-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Ends at once after the write, as `process.exit` does. */
function writer(before: string, characters: number): string {
  const file = join(root, 'writer.mjs')
  writeFileSync(
    file,
    [
      `import { writeAll } from ${JSON.stringify(writeModule)}`,
      before,
      `process.exitCode = writeAll(2, 'x'.repeat(${characters}) + 'é') ? 0 : 9`,
      'process.reallyExit(process.exitCode)',
    ].join('\n'),
  )
  return file
}

const size = 3_000_000

describe('write', () => {
  it('whole to a pipe that is set to never wait, and whose reader is slow', async () => {
    // Reading `process.stderr` makes the pipe non-blocking: writes then end with EAGAIN.
    const child = spawn(process.execPath, [writer('process.stderr._handle.setBlocking?.(false)', size)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let length = 0
    for await (const chunk of child.stderr) {
      length += chunk.length
      if (length < 500_000) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(length).toBe(size + 2)
    expect(child.exitCode ?? (await new Promise((resolve) => child.on('exit', resolve)))).toBe(0)
  })

  it('whole to a file', () => {
    const file = writer('', size)
    execFileSync('/bin/sh', ['-c', '"$0" "$1" 2> "$2"', process.execPath, file, join(root, 'err')])
    expect(statSync(join(root, 'err')).size).toBe(size + 2)
  })

  it.each([
    ['a reader that has gone', '{ { "$0" "$1" 2>&1; echo $? >&3; } | head -c 1 > /dev/null; } 3>&1'],
    ['a full disk', '"$0" "$1" 2> /dev/full; echo $?'],
    [
      'a stderr closed by the program',
      '"$0" "$1" 2> /dev/null; echo $?',
      "import('node:fs').then(({ closeSync }) => closeSync(2))",
    ],
  ])('%s is no error', async (_what, command, before = '') => {
    const file = writer(before === '' ? '' : `await ${before}`, size)
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command, process.execPath, file])
    expect(stdout).toBe('9\n')
  })
})
