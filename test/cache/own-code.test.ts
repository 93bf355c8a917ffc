import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { parseCode } from '../../src/cache/own-code.ts'

function body(index: unknown, ...parts: Buffer[]): Buffer {
  const head = Buffer.from(typeof index === 'string' ? index : JSON.stringify(index))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  return Buffer.concat([length, head, ...parts])
}

describe("a file of V8's code", () => {
  it('gives the code of each file, and the hash that its text has with it', () => {
    const code = new Script('1').createCachedData()
    const index = { files: [['a.js', '1,2,3,4', code.length]], used: ['a'] }
    const parsed = parseCode(body(index, code))
    expect(parsed?.files.get('a.js')).toEqual({ hash: '1,2,3,4', code })
    expect(parsed?.used).toEqual(new Set(['a']))
  })

  it.each([
    ['cut off', body({ files: [['a.js', '', 9]], used: [] }, Buffer.from('1'))],
    ['too long', body({ files: [['a.js', '', 1]], used: [] }, Buffer.from('1234'))],
    ['of another form', body({ files: [['a.js']], used: [] }, Buffer.from('1234'))],
    ['no index', body('{', Buffer.from('1234'))],
    ['an index that has nothing', body('null')],
    ['no more than a few bytes', Buffer.from('ab')],
    ['an index beyond its end', Buffer.from([255, 255, 255, 255, 1, 2])],
  ])('is not used where it is %s', (_, bytes) => {
    expect(parseCode(bytes)).toBeNull()
  })
})
