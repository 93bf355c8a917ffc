import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { hasNextSteps } from '../../../src/report/sources/next-steps.ts'

const folder = mkdtempSync(join(tmpdir(), 'leakwatch-next-steps-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0

/** The call is where `db.` is followed by `¦`. */
function goesOn(text: string): boolean | null {
  count += 1
  const file = join(folder, `${count}.js`)
  writeFileSync(file, text.replace('¦', ''))
  const before = text.slice(0, text.indexOf('¦')).split('\n')
  return hasNextSteps({ file, line: before.length, column: (before.at(-1) as string).length + 1 })
}

describe('what a call holds up', () => {
  it.each([
    "process.on('SIGTERM', async () => { await db.¦stop(); await queue.stop() })",
    "process.on('SIGTERM', async () => {\n  await db.¦stop()\n  clearInterval(timer)\n})",
    'await db.¦stop()\nawait queue.stop()\n',
    'function end() { return db.¦stop().then(() => queue.stop()) }',
    'const end = () => { db.¦stop().finally(() => clearInterval(timer)) }',
    'function end() { db.¦close(() => { queue.close() }) }',
    'for (const each of all) await each.¦stop()',
    'async function end() {\n  for (const each of all.reverse()) {\n    await each.¦stop()\n  }\n}',
    'async function end() {\n  while (all.length > 0) {\n    const next = all.pop()\n    await next.¦stop(true)\n  }\n}',
    'async function end() {\n  try {\n    await db.¦stop()\n  } finally {\n    await queue.stop()\n  }\n}',
    'async function end() {\n  if (db) {\n    await db.¦stop()\n  }\n  await queue.stop()\n}',
    'async function end() { await new Promise((done) => db.¦close(done)); await queue.stop() }',
    'async function end() {\n  await new Promise((done, fail) => {\n    db.¦close(done)\n  })\n  queue.stop()\n}',
    'async function end() { await Promise.all([db.¦stop(), cache.stop()]); queue.stop() }',
    'class App { async stop() { const { a } = { a: 1 }; await this.db.¦stop({ force: a }); this.queue.stop() } }',
  ])('%s', (text) => expect(goesOn(text)).toBe(true))
})

describe('what a call does not hold up', () => {
  it.each([
    "process.on('SIGTERM', () => { db.¦stop() })",
    "process.on('SIGTERM', () => { db.¦stop(); queue.stop() })",
    'function end() { db.¦stop().catch(log) }',
    'for (const each of all) each.¦stop()',
    'async function end() { await db.¦stop() }\nfunction other() { queue.stop() }',
    'async function end() {\n  if (db) {\n    await db.¦stop()\n  }\n}\nqueue.stop()',
    'class App { async stop() { await this.db.¦stop() } async other() { await this.queue.stop() } }',
  ])('%s', (text) => expect(goesOn(text)).toBe(false))
})

it('knows nothing of a text that is not there', () => {
  expect(hasNextSteps({ file: join(folder, 'none.js'), line: 1, column: 1 })).toBe(null)
  expect(hasNextSteps({ file: join(folder, '1.js'), line: 100, column: 1 })).toBe(null)
})
