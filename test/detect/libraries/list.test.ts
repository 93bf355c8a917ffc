import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { packageIn, packagesOf, pathInModules } from '../../../src/detect/libraries/described.ts'
import type { Lease, Library } from '../../../src/detect/libraries/library.ts'
import { isOfLibrary } from '../../../src/detect/libraries/list.ts'

const folder = fileURLToPath(new URL('../../../src/detect/libraries/', import.meta.url))
const names = readdirSync(folder)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => !['described', 'library', 'list'].includes(name))
const described = await Promise.all(
  names.map(async (name) => {
    const { library } = (await import(`../../../src/detect/libraries/${name}.ts`)) as { library: Library }
    return { name, library }
  }),
)
const fixtures = new URL('../../../fixtures/libraries/', import.meta.url)
const programs = readdirSync(fixtures)
  .filter((name) => /\.[cm]?js$/.test(name))
  .map((name) => readFileSync(new URL(name, fixtures), 'utf8'))

describe('the list of libraries', () => {
  it('finds the package of a file', () => {
    const path = pathInModules('/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/client.js') as string
    expect(path).toBe('pg/lib/client.js')
    expect(packageIn(path)).toBe('pg')
    expect(packageIn('@redis/client/dist/index.js')).toBe('@redis/client')
    expect(pathInModules('/app/src/pg/client.js')).toBe(null)
    expect(isOfLibrary('/app/node_modules/pg-pool/index.js')).toBe(true)
    expect(isOfLibrary('/app/node_modules/express/index.js')).toBe(false)
    expect(isOfLibrary('C:\\app\\node_modules\\@redis\\client\\dist\\index.js')).toBe(true)
    expect(isOfLibrary('/app/pg/index.js')).toBe(false)
  })
})

describe.each(described)('$name', ({ name, library }) => {
  it('stands in the list, with the packages that its description names', () => {
    expect(existsSync(`${folder}${name}.ts`)).toBe(true)
    const packages = packagesOf(name)
    expect(packages[0]).toBe(name)
    const files = Object.values(library.engines).flatMap(({ files: own, factories = [], lease = [] }) => [
      ...own,
      ...factories,
      ...[lease].flat().flatMap((each) => (each as Lease).takers ?? []),
    ])
    expect(Object.keys(library.majors).sort()).toEqual([...new Set(files.map(packageIn))].sort())
    for (const each of Object.keys(library.majors)) expect(packages).toContain(each)
  })

  it.each(Object.entries(library.engines))(
    '%s says what to write, and has a program that leaks it',
    (engine, { stopCall, lease, isLender }) => {
      const leaks = (each: string) =>
        programs.some((text) => new RegExp(`// (leak|warning): never-stopped ${each}\n`).test(text))
      if (isLender !== true) {
        expect(stopCall).toMatch(/\(.*\)/)
        expect(leaks(engine)).toBe(true)
      }
      const leases = lease === undefined ? [] : [lease].flat()
      expect(leases.filter((each) => !leaks(each.name))).toEqual([])
    },
  )
})
