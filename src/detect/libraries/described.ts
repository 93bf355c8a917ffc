/** What is known of the libraries. Loaded with the first file of one; each library's own file, with its first. */
import type { Lease, Library, LibraryEngine } from './library.ts'
import { lines } from './list.ts'

/** The packages of the library that one belongs to; the first names its file, and reports name that. */
export function packagesOf(packageName: string): readonly string[] {
  return lines.map((line) => line.split(' ')).find((packages) => packages.includes(packageName)) ?? []
}

/** What comes after the last `node_modules`: `pg/lib/client.js`. `null`: nothing. */
export function pathInModules(file: string): string | null {
  const at = file.lastIndexOf('node_modules')
  return at < 0 ? null : file.slice(at + 13).replaceAll('\\', '/')
}

/** `pg`, `@redis/client` */
export function packageIn(path: string): string {
  const end = path.indexOf('/', path.startsWith('@') ? path.indexOf('/') + 1 : 0)
  return end < 0 ? path : path.slice(0, end)
}

/** The description of the library to which a package belongs. */
export function describedIn(packageName: string): Library | null {
  const name = packagesOf(packageName)[0]
  return name === undefined ? null : (require(`./${name}.js`) as { library: Library }).library
}

/** Classes of a file that engines extend, and in whose constructors these begin. */
export function basesIn(path: string): string[] {
  const engines = Object.values(describedIn(packageIn(path))?.engines ?? {})
  const bases = engines.flatMap((engine) => engine.bases ?? []).map((base) => base.split('#'))
  return bases.flatMap(([file, name]) => (file === path && name !== undefined ? [name] : []))
}

/** The functions of a file that make engines, or work for them, each with the engine's name. */
export function factoriesIn(path: string): [name: string, factory: string][] {
  const engines = Object.entries(describedIn(packageIn(path))?.engines ?? {})
  return engines.flatMap(([name, { factories = [], parts = {}, servants = [] }]) =>
    [...factories, ...Object.keys(parts), ...servants].flatMap((factory) => {
      const [file, made] = factory.split('#')
      return file === path && made !== undefined ? [[name, made] as [string, string]] : []
    }),
  )
}

/** The functions of a file by which leases are taken, given back or lost, each with its lender's name. */
export function lendingIn(path: string): [name: string, reference: string][] {
  const engines = Object.entries(describedIn(packageIn(path))?.engines ?? {})
  return engines.flatMap(([name, { lease = [] }]) =>
    [lease].flat().flatMap((each) => {
      const { takers = [], releases = [], losers = [] } = each as Lease
      return [...takers, ...releases, ...losers].flatMap((reference) => {
        const [file, called] = reference.split('#')
        return file === path && called !== undefined ? [[name, called] as [string, string]] : []
      })
    }),
  )
}

/** The engines that a file defines, each with its name. */
export function enginesIn(path: string): [name: string, engine: LibraryEngine][] {
  const library = describedIn(packageIn(path))
  return library === null
    ? []
    : Object.entries(library.engines).filter(([, { files }]) => files.includes(path))
}
