/** What the READMEs say of this repository is true: their links, the files that they name, and what is also written elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { defaultOf } from '../src/cli/setting-notes.ts'
import { settingTable } from '../src/settings/settings.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function readmesIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  // `fixtures/libraries` has the libraries beside it.
  const own = names.filter((name) => !name.includes('node_modules'))
  return own.filter((name) => /(^|[\\/])README\.md$/.test(name)).map((name) => join(folder, name))
}

const readmes = ['README.md', ...['src', 'test', 'fixtures'].flatMap(readmesIn)]

/** What stands outside of code blocks. */
function prose(readme: string): string {
  return readFileSync(join(root, readme), 'utf8').replace(/^```.*?^```$/gms, '')
}

/** As GitHub makes them of headings. */
function anchorsOf(readme: string): string[] {
  return [...prose(readme).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function rowsOf(readme: string): string[] {
  return prose(readme)
    .split('\n')
    .filter((line) => line.startsWith('| '))
}

describe.each(readmes)('%s', (readme) => {
  it('has links that lead somewhere', () => {
    const links = [...prose(readme).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? readme : relative(root, join(root, dirname(readme), path))
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  it('names files that are there', () => {
    const named = [...prose(readme).matchAll(/`([\w./-]+\.m?ts|[\w-]+\/[\w./-]+\.m?js)`/g)].map(
      ([, path = '']) => path,
    )
    const bases = [dirname(readme), 'src', '.'].map((base) => join(root, base))
    const missing = named.filter(
      (path) => !/^(node_modules|dist)\b/.test(path) && !bases.some((base) => existsSync(join(base, path))),
    )
    expect(missing).toEqual([])
  })
})

describe('the README', () => {
  it('is read in some minutes: it has 250 lines at most', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(
      250,
    )
  })

  it.each(Object.values(settingTable))('has the default of $variable', ({ variable, default: standard }) => {
    const value = defaultOf(standard)
    const isNone = value === null || (Array.isArray(value) && value.length === 0)
    const said = variable === 'LEAKWATCH_SERVICE' ? '| package name |' : isNone ? '| |' : `| \`${value}\` |`
    const row = rowsOf('README.md').find((line) => line.startsWith(`| \`${variable}\` |`))
    expect(row).toContain(`| \`${variable}\` ${said}`)
  })

  it('shows costs that the bench measured', () => {
    const [, table = ''] = /<!-- cost -->\n\n(.*?)\n\n<!-- \/cost -->/s.exec(prose('README.md')) ?? []
    const rows = table.split('\n').filter((line) => !line.startsWith('| ---'))
    expect(rows).toHaveLength(6)
    expect(rowsOf('test/bench/README.md')).toEqual(expect.arrayContaining(rows))
  })
})

it('the matrix of src/core/README.md has a row for each of its programs', () => {
  const programs = readdirSync(join(root, 'fixtures/ownership-matrix')).filter((name) => name.endsWith('.js'))
  const rows = rowsOf('src/core/README.md').flatMap((row) => /\| `([\w-]+\.js)` +\|/.exec(row)?.[1] ?? [])
  expect(rows.toSorted()).toEqual(programs.toSorted())
})
