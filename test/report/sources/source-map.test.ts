import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { mapSite, sourceLine } from '../../../src/report/sources/source-map.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'source-map-')))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const unchanged = (_file: string, _line: number, column: number): number => column

let folders = 0

/** Each test has its own folder: what was read once is kept. */
function folder(files: Record<string, string>): string {
  folders += 1
  const base = join(root, String(folders))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true })
    writeFileSync(join(base, path), text)
  }
  return base
}

/** Line 2, column 5 of the generated code is line 10, column 3 of the source; nothing else is mapped. */
const mappings = ';IASE'

function map(source: string, more: object = {}): string {
  return JSON.stringify({ version: 3, sources: [source], names: [], mappings, ...more })
}

const code = 'start()\n    run()\n'

it('the mapping of these tests is what it says', () => {
  const entry = new SourceMap(JSON.parse(map('a.ts'))).findEntry(1, 4)
  expect(entry).toMatchObject({ originalSource: 'a.ts', originalLine: 9, originalColumn: 2 })
})

it('a file without a map stays as it is', () => {
  const file = join(folder({ 'a.js': code }), 'a.js')
  expect(mapSite(file, 2, 5, unchanged)).toEqual({ file, line: 2, column: 5 })
})

it.each([
  ['named', 'dist/a.js.map', '//# sourceMappingURL=a.js.map\n'],
  ['beside it, unnamed', 'dist/a.js.map', ''],
  ['in another folder', 'maps/b.map', '//# sourceMappingURL=../maps/b.map'],
  ['with characters that a URL escapes', 'dist/[a]é.map', '//# sourceMappingURL=%5Ba%5D%C3%A9.map'],
  ['with a percent sign that escapes nothing', 'dist/100%.map', '//# sourceMappingURL=100%.map'],
  [
    'named after a quoted one',
    'dist/a.js.map',
    'x = "//# sourceMappingURL=no.map"\n//# sourceMappingURL=a.js.map',
  ],
])('a map %s', (_what, path, comment) => {
  const base = folder({ 'dist/a.js': code + comment, [path]: map('../src/a.ts') })
  expect(mapSite(join(base, 'dist/a.js'), 2, 5, unchanged)).toEqual({
    file: join(base, 'src/a.ts'),
    line: 10,
    column: 3,
  })
})

it.each([
  [
    'base64',
    (text: string) => `data:application/json;charset=utf-8;base64,${Buffer.from(text).toString('base64')}`,
  ],
  ['percent-encoded', (text: string) => `data:application/json,${encodeURIComponent(text)}`],
])('an inline map, %s', (_what, encode) => {
  const base = folder({ 'a.js': `${code}//# sourceMappingURL=${encode(map('src/a.ts'))}\n` })
  expect(mapSite(join(base, 'a.js'), 2, 5, unchanged)).toEqual({
    file: join(base, 'src/a.ts'),
    line: 10,
    column: 3,
  })
})

it.each([
  ['below `sourceRoot`', 'a.ts', { sourceRoot: '../src/' }, 'src/a.ts'],
  ['a file URL', pathToFileURL(join(root, 'with space/a.ts')).href, {}, '/with space/a.ts'],
  ['absolute', '/built/elsewhere/a.ts', { sourceRoot: 'ignored' }, '/built/elsewhere/a.ts'],
  ["webpack's", 'webpack://shop/./lib/a.ts', {}, 'lib/a.ts'],
  ["webpack's of old", 'webpack:///./lib/a.ts?abcd', {}, 'lib/a.ts'],
])('a source that is %s', (_what, source, more, expected) => {
  const base = folder({ 'out/js/a.js': code, 'out/js/a.js.map': map(source, more), 'lib/a.ts': '' })
  const { file } = mapSite(join(base, 'out/js/a.js'), 2, 5, unchanged)
  const whole = expected.startsWith('/with')
    ? root + expected
    : expected.startsWith('/')
      ? expected
      : undefined
  expect(file).toBe(whole ?? join(base, expected === 'src/a.ts' ? 'out/src/a.ts' : expected))
})

it('a source on the web is in no file: the generated place stays', () => {
  const base = folder({ 'a.js': code, 'a.js.map': map('https://example.test/a.ts') })
  expect(mapSite(join(base, 'a.js'), 2, 5, unchanged).file).toBe(join(base, 'a.js'))
})

it('a source that a package does not ship is not shown, though the map has its text', () => {
  const base = folder({
    'node_modules/dep/dist/a.js': code,
    'node_modules/dep/dist/a.js.map': map('../src/a.ts', { sourcesContent: ['text'] }),
    'node_modules/whole/dist/a.js': code,
    'node_modules/whole/dist/a.js.map': map('../src/a.ts'),
    'node_modules/whole/src/a.ts': 'text',
  })
  const fileOf = (path: string) => mapSite(join(base, 'node_modules', path), 2, 5, unchanged).file
  expect(fileOf('dep/dist/a.js')).toBe(join(base, 'node_modules/dep/dist/a.js'))
  expect(fileOf('whole/dist/a.js')).toBe(join(base, 'node_modules/whole/src/a.ts'))
})

it('a line that the compiler wrote is not mapped to the one above', () => {
  const base = folder({ 'a.js': code, 'a.js.map': map('a.ts') })
  const file = join(base, 'a.js')
  expect(mapSite(file, 3, 1, unchanged)).toEqual({ file, line: 3, column: 1 })
  expect(mapSite(file, 2, 1, unchanged)).toEqual({ file, line: 2, column: 1 })
})

it('inserted code is undone before the map is asked', () => {
  const base = folder({ 'a.js': code, 'a.js.map': map('a.ts') })
  const shifted = (_file: string, _line: number, column: number) => column - 100
  expect(mapSite(join(base, 'a.js'), 2, 105, shifted)).toMatchObject({ line: 10, column: 3 })
})

it.each([
  ['no JSON', 'oops'],
  ['senseless', '{"version":3,"sources":5,"mappings":7}'],
  ['null', 'null'],
  ['with a bad data URL', null],
])('a map that is %s is no map', (_what, text) => {
  const comment = text === null ? '//# sourceMappingURL=data:application/json,%E0%A4%A' : ''
  const base = folder({ 'a.js': code + comment, 'a.js.map': text ?? '' })
  expect(mapSite(join(base, 'a.js'), 2, 5, unchanged)).toEqual({
    file: join(base, 'a.js'),
    line: 2,
    column: 5,
  })
})

it('a column that cannot be told stays', () => {
  const fail = (): number => {
    throw new Error('boom')
  }
  expect(mapSite('/none.js', 2, 5, fail)).toEqual({ file: '/none.js', line: 2, column: 5 })
})

it('with source maps enabled, code that was compiled in memory is mapped, and code on the disk as without', () => {
  const base = folder({
    'disk.js': code,
    'disk.js.map': map('disk.ts'),
    'run.mjs': [
      "import { createRequire } from 'node:module'",
      "import Module from 'node:module'",
      `import { mapSite } from ${JSON.stringify(new URL('../../../dist/report/sources/source-map.js', import.meta.url).href)}`,
      'const { url, file, disk } = JSON.parse(process.argv[2])',
      'const compiled = new Module(file)',
      "compiled._compile('0\\n    0\\n//# sourceMappingURL=' + url, file)",
      'console.log(JSON.stringify([file, disk].map((each) => mapSite(each, 2, 5, (f, l, column) => column))))',
    ].join('\n'),
  })
  const file = join(base, 'memory.js')
  // Node itself reads no other encoding.
  const url = `data:application/json;base64,${Buffer.from(map('memory.ts')).toString('base64')}`
  const argument = JSON.stringify({ url, file, disk: join(base, 'disk.js') })
  const run = (flags: string[]) =>
    JSON.parse(
      execFileSync(process.execPath, [...flags, join(base, 'run.mjs'), argument], { encoding: 'utf8' }),
    )
  const mapped = (name: string) => ({ file: join(base, name), line: 10, column: 3 })
  expect(run(['--enable-source-maps'])).toEqual([mapped('memory.ts'), mapped('disk.ts')])
  expect(run([])).toEqual([{ file, line: 2, column: 5 }, mapped('disk.ts')])
})

it('a source line comes from the map where that carries it, else from the disk', () => {
  const carried = map('a.ts', { sourcesContent: [`${'\n'.repeat(9)}  await engine.start()\r\nnext`] })
  const base = folder({ 'a.js': code, 'a.js.map': carried })
  const { file, line } = mapSite(join(base, 'a.js'), 2, 5, unchanged)
  expect(sourceLine(file, line)).toBe('  await engine.start()')
  expect(sourceLine(join(base, 'a.js'), 2)).toBe('    run()')
})

it.each([
  ['in no file', 'none.js', 1],
  ['past the end', 'a.js', 99],
  ['of minified code', 'min.js', 1],
  ['of a folder', '.', 1],
])('a line %s is null', (_what, path, line) => {
  const base = folder({ 'a.js': code, 'min.js': 'x'.repeat(501) })
  expect(sourceLine(join(base, path), line)).toBe(null)
})

it('code named by the program after something that is no file is not read', () => {
  expect(sourceLine('evalmachine.<anonymous>', 1)).toBe(null)
  expect(sourceLine('/dev/zero', 1)).toBe(null)
})
