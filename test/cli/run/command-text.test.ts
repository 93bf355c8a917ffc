import { describe, expect, it } from 'vitest'
import { commandText } from '../../../src/cli/run/command-text.ts'

describe('a command as text', () => {
  const cases: [words: string[], text: string][] = [
    [['/usr/bin/node', `${process.cwd()}/src/app.js`, '--port=3'], 'node src/app.js --port=3'],
    [['sh', '-c', 'a && b', ''], "sh -c 'a && b' ''"],
    [['node', '-e', "go('x')", 'a"\'b'], `node -e "go('x')" 'a"'\\''b'`],
    [['app', '--token', 's3cret', 'postgres://me:pw@host/db'], 'app --token *** postgres://***@host/db'],
  ]
  it.each(cases)('%j', (words, text) => {
    expect(commandText(words)).toBe(text)
  })
})

it('flags of Node give way to what it runs', () => {
  const flags = Array.from({ length: 9 }, (_, index) => `--conditions=number-${index}`)
  expect(commandText(['node', '--no-warnings', 'app.js'], 1)).toBe('node --no-warnings app.js')
  expect(commandText(['node', ...flags, 'worker.js', 'a'], flags.length)).toBe('node … worker.js a')
})
