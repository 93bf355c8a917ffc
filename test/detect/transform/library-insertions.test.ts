import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { insertAll, stripInjected } from '../../../src/detect/source/injection.ts'
import { insertionsForLibrary } from '../../../src/detect/transform/library-insertions.ts'

const source = `class Pool extends EventEmitter {
  constructor(options) {
    super()
    this.options = options
  }
  end() {}
}
class Other {
  start() {}
  stop() {}
}
`
const root = mkdtempSync(join(tmpdir(), 'leakwatch-library-'))
afterAll(() => rmSync(root, { recursive: true }))

function fileOf(name: string, version: string): string {
  const folder = join(root, version, 'node_modules', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version }))
  return join(folder, 'index.js')
}

describe('a file of a known library', () => {
  it('has its engine registered, and nothing else', () => {
    const file = fileOf('pg-pool', '3.14.0')
    const text = insertAll(source, insertionsForLibrary(source, file))
    expect(text.split('\n')).toHaveLength(source.split('\n').length)
    expect(text.match(/\$leakwatch\$\.[a-z]\(this/g)).toEqual(['$leakwatch$.m(this', '$leakwatch$.l(this'])
    expect(text).toContain(`$leakwatch$.l(this,"pg.Pool",${JSON.stringify(file)},1,7)`)
    expect(stripInjected(text)).toBe(source)
  })

  it('has the functions followed by which leases are taken and given back', () => {
    const lockfile =
      'async function lock(file) {}\nfunction check(file) {}\nmodule.exports = { lock, check }\n'
    const file = fileOf('proper-lockfile', '4.1.2')
    const text = insertAll(lockfile, insertionsForLibrary(lockfile, file))
    expect(text).toContain(
      `lock=$leakwatch$.f(lock,"proper-lockfile.Locks",${JSON.stringify(`${file}#lock`)})`,
    )
    expect(text.match(/\$leakwatch\$\.f/g)).toHaveLength(1)
    expect(stripInjected(text)).toBe(lockfile)
    const sql =
      'export default function Postgres() {\n  const sql = {}\n  sql.release = () => {}\n  return sql\n}\n'
    const index = fileOf('postgres', '3.4.9').replace('index.js', 'src/index.js')
    const told = insertAll(sql, insertionsForLibrary(sql, index))
    expect(told).toContain(
      `  sql.release = () => {};typeof $leakwatch$=='object'&&(sql.release=$leakwatch$.f(sql.release,`,
    )
    expect(stripInjected(told)).toBe(sql)
  })

  it('is left alone in another major version, without one, and where the package is another', () => {
    for (const version of ['2.9.0', '4.0.0', 'next'])
      expect(insertionsForLibrary(source, fileOf('pg-pool', version))).toEqual([])
    expect(insertionsForLibrary(source, fileOf('other-pool', '3.0.0'))).toEqual([])
  })

  it('is left alone where it cannot be parsed', () => {
    expect(insertionsForLibrary(`${source}}`, fileOf('pg-pool', '3.1.0'))).toEqual([])
  })
})
