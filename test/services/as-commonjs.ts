/** The programs of libraries that are ES modules, once more as CommonJS: the same lines, with `require` for each `import`. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Fixture } from '../e2e/fixture.ts'
import { fixturesOf } from '../e2e/fixture.ts'

/** Their twins, in the folder `root`, from which the same libraries are found. */
export function asCommonJs(fixtures: readonly Fixture[], root: string): Fixture[] {
  const folder = join(root, 'commonjs')
  mkdirSync(folder)
  for (const { file } of fixtures.filter((fixture) => fixture.file.endsWith('.js'))) {
    for (const name of ['node_modules', 'parts']) link(join(dirname(file), name), join(folder, name))
    writeFileSync(
      join(folder, basename(file).replace(/\.js$/, '.cjs')),
      required(readFileSync(file, 'utf8'), file),
    )
  }
  return fixturesOf(root, 'commonjs')
}

function link(from: string, to: string): void {
  try {
    symlinkSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** No line moves. What is awaited at the top of a module is so inside of a function here. */
function required(text: string, file: string): string {
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => /^import\b/.test(line))
  return lines
    .map((line, index) => (index === last ? `${requiredLine(line)}; (async () => {` : requiredLine(line)))
    .join('\n')
    .replaceAll('import.meta.filename', '__filename')
    .replaceAll('import.meta.dirname', '__dirname')
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
    .concat('})()\n')
}

/** `import a, { b as c } from 'd'` */
function requiredLine(line: string): string {
  const bare = /^import ('[^']+')$/.exec(line)
  if (bare !== null) return `require(${bare[1]})`
  const [, own, named, from] = /^import (?:([\w$]+))?(?:, )?(?:(\{.+\}))? from ('[^']+')$/.exec(line) ?? []
  if (from === undefined) return line
  const parts = []
  if (own !== undefined) parts.push(`const ${own} = ((all) => all.default ?? all)(require(${from}))`)
  if (named !== undefined) parts.push(`const ${named.replaceAll(' as ', ': ')} = require(${from})`)
  return parts.join('; ')
}
