import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { skippedHook } from '../../src/settings/skipped-hooks.ts'

it.each([
  [['--import', 'leakwatch', '-r', 'ts-node/register'], 'ts-node/register'],
  [['--require=@swc/register', '--import=leakwatch'], '@swc/register'],
  [['--require @swc-node/register --import leakwatch'], '@swc-node/register'],
  [
    ['-r', './node_modules/@babel/register/lib/index.js', '--import', 'leakwatch'],
    './node_modules/@babel/register/lib/index.js',
  ],
  [['--import', 'leakwatch', '-r', 'ts-node/register/transpile-only'], 'ts-node/register/transpile-only'],
  // Node loads the main file in this way without leakwatch, too.
  [['--import', 'leakwatch', '--import', './other.mjs', '-r', 'ts-node/register'], null],
  [['--require', 'leakwatch', '-r', 'ts-node/register'], null],
  [['--import', 'leakwatch', '-r', 'dotenv/config'], null],
  [['-r', 'ts-node/register'], null],
  [['--import', 'leakwatch'], null],
])('%j: %s', (options, hook) => {
  expect(skippedHook(options, '/app/main.ts')).toBe(hook)
})

it('ts-node itself hooks `require`', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-hooks-'))
  try {
    mkdirSync(join(folder, 'ts-node/dist'), { recursive: true })
    writeFileSync(join(folder, 'ts-node/dist/bin.js'), '')
    symlinkSync(join(folder, 'ts-node/dist/bin.js'), join(folder, 'bin'))
    expect(skippedHook(['--import leakwatch'], join(folder, 'bin'))).toBe('ts-node')
    expect(skippedHook(['--require leakwatch'], join(folder, 'bin'))).toBe(null)
    expect(skippedHook(['--import leakwatch'], join(folder, 'gone'))).toBe(null)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
