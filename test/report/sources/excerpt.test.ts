import { expect, it } from 'vitest'
import { excerptOf } from '../../../src/report/sources/excerpt.ts'

/** An excerpt of `line` for the column of `at`. */
function excerpt(line: string, at: string): string {
  return excerptOf(line, line.indexOf(at) + 1)
}

const long = `  await Promise.all([${'orders.start(), '.repeat(8)}reports.start(), ${'mails.start(), '.repeat(20)}])`

it('a short line is whole', () => {
  expect(excerpt('    await engine.start()', 'engine')).toBe('await engine.start()')
})

it('a long line begins shortly before the column that is meant', () => {
  const shown = excerpt(long, 'reports')
  expect(shown).toMatch(/^…[\w.(), ]{1,20}reports\.start\(\), mails/)
  expect(shown.length).toBeLessThanOrEqual(162)
  expect(shown.endsWith('…')).toBe(true)
})

it('and at its beginning where that is meant', () => {
  expect(excerpt(long, 'orders')).toMatch(/^await Promise\.all\(\[orders\.start/)
})

it('secrets of the whole line are cut, also where only a part of it is shown', () => {
  const line = `connect({ password: '${'hunter2 '.repeat(20)}', host: 'db' }).then((client) => client.start())`
  expect(excerpt(line, 'client.start')).not.toContain('hunter2')
  expect(excerpt(line, 'client.start')).toContain('client.start()')
  expect(excerpt(`${' '.repeat(80)}start({ token: 'hunter2' })`, 'start')).toBe("start({ token: '***' })")
})
