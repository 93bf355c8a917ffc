import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const module = fileURLToPath(new URL('../../dist/triggers/last-words.js', import.meta.url))

/** What a process leaves on stderr that says why it has no report. */
function said(format: string, error: string): string {
  const program = `require(${JSON.stringify(module)}).sayUnmade(${error}, { format: '${format}' })`
  return execFileSync('sh', ['-c', '"$0" -e "$1" 2>&1', process.execPath, program], { encoding: 'utf8' })
}

it('why there is no report is one line', () => {
  expect(said('text', 'new Error("no such file\\n    at b.js")')).toBe(
    'leakwatch: expected to make the last report of this process; got no such file at b.js\n',
  )
  expect(said('ndjson', '"EMFILE"')).toBe(
    'leakwatch: expected to make the last report of this process; got EMFILE\n',
  )
})

it('is not said where nothing is to be printed', () => {
  expect(said('none', 'new Error()')).toBe('')
})

it('a process without a descriptor left gets that of its stdin', () => {
  const program = `
    const fs = require('node:fs')
    const { makeRoom } = require(${JSON.stringify(module)})
    try { for (;;) fs.openSync('/dev/null', 'r') } catch {}
    makeRoom()
    console.log(fs.openSync('/dev/null', 'r'))`
  const limited = 'ulimit -n 64; exec "$0" -e "$1"'
  expect(execFileSync('sh', ['-c', limited, process.execPath, program], { encoding: 'utf8' })).toBe('0\n')
})
