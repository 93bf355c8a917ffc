import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { importsLater, mayImport } from '../../src/detect/may-import.ts'

const root = mkdtempSync(join(tmpdir(), 'leakwatch-may-import-'))
afterAll(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): string {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

write('module/package.json', '{ "type": "module" }')
write('commonjs/package.json', '{ "type": "commonjs" }')
write('plain/package.json', '{ "name": "plain" }')
write('broken/package.json', '{')

describe('whether a program may load ES modules', () => {
  it.each([
    ['a.mjs', '', true],
    ['a.cjs', 'import("x")', false],
    ['a.ts', '', true],
    ['module/a.js', '', true],
    ['module/folder/a.js', '', true],
    ['commonjs/a.js', 'require("x")', false],
    ['plain/a.js', 'require("x")', false],
    ['plain/b.js', 'import x from "x"', true],
    ['plain/c.js', 'export default 1', true],
    ['plain/d.js', 'import("x")', true],
    ['broken/a.js', '', true],
  ])('%s %s: %s', (path, text, expected) => {
    expect(mayImport(write(path, text), [])).toBe(expected)
  })

  it.each([
    [['--import', 'leakwatch'], false],
    [['--import=leakwatch'], false],
    [['--import leakwatch --no-warnings'], false],
    [['--import', 'leakwatch', '--import', './setup.mjs'], true],
    [['--import=tsx --import=leakwatch'], true],
    [['--loader', 'x'], true],
  ])('with %s: %s', (options, expected) => {
    expect(mayImport(write('commonjs/a.js', ''), options)).toBe(expected)
  })
})

describe('whether CommonJS code may import while it runs', () => {
  it.each([
    ['await import("x")', true],
    ['import ("x")', true],
    ['const important = (1)', false],
    ['require("x")', false],
  ])('%s: %s', (source, expected) => {
    expect(importsLater(source)).toBe(expected)
  })
})
