import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { errors, rows } from '../../src/errors/errors.ts'
import { settingTable } from '../../src/settings/settings.ts'

type Line = (...args: unknown[]) => string

interface Entry {
  code: string
  /** `null`: the code has one line. */
  variant: string | null
  /** What its arguments are called. */
  names: string[]
  line: string
}

/** Every line of the table, its arguments as `<name>`. */
const entries: Entry[] = Object.entries(rows).flatMap(([code, row]) => {
  const lines = errors[code as keyof typeof errors]
  if (typeof row === 'function') return [entry(code, null, row, lines as Line)]
  return Object.entries(row).map(([variant, each]) =>
    entry(code, variant, each, (lines as unknown as Record<string, Line>)[variant] as Line),
  )
})

function entry(code: string, variant: string | null, row: (...args: never[]) => unknown, line: Line): Entry {
  const [, names = ''] = /^\(([^)]*)\)/.exec(String(row)) ?? []
  const all = names.split(',').flatMap((name) => name.trim() || [])
  return { code, variant, names: all, line: line(...all.map((name) => `<${name}>`)) }
}

const source = fileURLToPath(new URL('../../src/', import.meta.url))
/** The code of every file but the table, without its comments. */
const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => /\.[cm]?ts$/.test(file) && !file.startsWith('errors/'))
  .map((file) => ({
    file,
    text: readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
  }))

/** Its message is the report: it stands in no table of lines. */
const codeOfLeaks = 'LEAKWATCH_LEAK'

it.each(entries)('$code $variant says what was expected, what came and what follows', ({ code, line }) => {
  const [head, ...rest] = line.split(': expected ')
  expect(head).toBe(code)
  expect(head).toMatch(/^LEAKWATCH(?:_[A-Z]+)+$/)
  expect(rest.join('')).toMatch(/^\S.*; got \S.*[^\s.]$|^\S.*; got [^.]+\. \S.*[.?>`\w]$/)
  expect(line).not.toMatch(/undefined|\n| {2}|\.\./)
})

it('says each thing once', () => {
  const said = entries
    .filter(({ variant }) => variant !== 'value' && variant !== 'option')
    .map(({ code, line }) => line.slice(code.length))
  expect(new Set(said).size).toBe(said.length)
})

it('has a line for each setting whose value makes no sense', () => {
  const codes = Object.values(settingTable).map(({ variable, accepts }) => `${variable}_${accepts.fault}`)
  expect(
    entries
      .filter(({ variant }) => variant === 'value')
      .map(({ code }) => code)
      .sort(),
  ).toEqual(codes.sort())
})

it('is where all codes stand', () => {
  const codes = Object.keys(rows).join('|')
  const written = new RegExp(`(?<!\\.)\\b(?:${codes})\\b|\\bLEAKWATCH_\\w+: expected `)
  expect(texts.filter(({ text }) => written.test(text)).map(({ file }) => file)).toEqual([])
  const leaks = texts.filter(({ text }) => text.includes(`'${codeOfLeaks}'`)).map(({ file }) => file)
  expect(leaks).toEqual(['api/leak-error.ts'])
})

it('has no line that nobody needs', () => {
  const unused = entries.filter(({ code, variant }) => {
    if (variant === 'value') return false
    const isOption = variant === 'option'
    const call = variant === null ? `.${code}(` : isOption ? `.${code},` : `.${code}.${variant}(`
    return !texts.some(({ text }) => text.includes(call))
  })
  expect(unused).toEqual([])
})

it('is not part of the preload', () => {
  const preload = readFileSync(new URL('../../dist/preload.js', import.meta.url), 'utf8')
  expect(preload).not.toContain('LEAKWATCH_PID_INVALID')
})

it('is described in the README beside it: `npx vitest run test/errors -u` writes that anew', async () => {
  const lines = entries.map(({ line }) => `- ${markdown(line)}`)
  const text = `# Errors

Each error and complaint of leakwatch begins with a code. It says what was expected, what came, and what to do about it, or what
leakwatch does. What stands in ‹…› is filled in. Settings that make no sense never stop the program: the default counts.

${lines.join('\n')}
- \`${codeOfLeaks}\`: the \`code\` of the \`LeakError\` that \`assertNoLeaks\` rejects with; its message is the report
`
  await expect(text).toMatchFileSnapshot('../../src/errors/README.md')
})

/** The code as code, and nothing that Markdown would take for HTML. */
function markdown(line: string): string {
  return line
    .replace(/^(\w+):/, '`$1`:')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
}
