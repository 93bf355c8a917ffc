/** Short programs whose own code is a library's, as in that library's repository: some ten to a hundred files, few with engines. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** What each does with its library, `it`. */
const programs = {
  fastify: `const app = it()
app.get('/', async () => ({ ok: true }))
app.inject('/').then(() => app.close())`,
  avvio: 'it({}).use((app, options, done) => done()).ready(() => {})',
  pino: "it({ level: 'silent' }).info('hello')",
  commander: "new it.Command('a').option('-b').parse([], { from: 'user' })",
  ajv: "new it.Ajv().compile({ type: 'object', properties: { a: { type: 'string' } } })({ a: 'b' })",
  'find-my-way': "it().on('GET', '/', () => {})",
  // Node 20 gives the namespace of an ES module, later ones what it names as its exports.
  mocha: "const Mocha = it.default ?? it; new Mocha().suite.emit('pre-require', {}, '', new Mocha())",
}

/** Writes them; gives their main files, and their undo. */
export function makeLibraryPrograms() {
  const root = mkdtempSync(join(tmpdir(), 'leakwatch-bench-'))
  const mains = Object.entries(programs).map(([name, use]) => {
    const folder = join(root, name)
    mkdirSync(folder)
    cpSync(join(packages, name), join(folder, 'own'), { recursive: true })
    symlinkSync(packages, join(folder, 'node_modules'))
    const main = join(folder, 'main.cjs')
    writeFileSync(main, `const it = require('./own')\n${use}\n`)
    return main
  })
  return { mains, undo: () => rmSync(root, { recursive: true }) }
}
