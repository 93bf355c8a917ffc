/** What to insert into a file of a known library: the registration of its engines. Loaded with the first such file. */
import { readFileSync } from 'node:fs'
import {
  basesIn,
  describedIn,
  enginesIn,
  factoriesIn,
  lendingIn,
  packageIn,
  pathInModules,
} from '../libraries/described.ts'
import { libraryInsertions } from '../source/find-library-engines.ts'
import type { Insertion } from '../source/injection.ts'
import { parsed } from './parser.ts'

const sourceTypes = ['module', 'commonjs'] as const

/** Empty where the file defines none, or its version is not known. */
export function insertionsForLibrary(source: string, file: string): Insertion[] {
  const path = pathInModules(file)
  if (path === null || source.includes('$leakwatch$')) return []
  const engines = enginesIn(path)
  const bases = basesIn(path)
  const factories = factoriesIn(path)
  const lending = lendingIn(path)
  if (engines.length + bases.length + factories.length + lending.length === 0 || !isKnownVersion(file, path))
    return []
  for (const sourceType of sourceTypes) {
    const program = parsed(file, source, { lang: 'js', sourceType, preserveParens: false })
    if (program !== null)
      return libraryInsertions(program, source, file, { engines, bases, factories, lending })
  }
  return []
}

function isKnownVersion(file: string, path: string): boolean {
  const name = packageIn(path)
  const majors = describedIn(name)?.majors[name]
  if (majors === undefined) return false
  const folder = file.slice(0, file.length - path.length + name.length)
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version?: unknown }
  const major = Number.parseInt(String(version).replace(/^v/, ''), 10)
  return major >= majors[0] && major <= majors[1]
}
