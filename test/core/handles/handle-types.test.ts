import { readdirSync, readFileSync } from 'node:fs'
import { createServer, Socket } from 'node:net'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { handleTypes } from '../../../src/core/handles/handle-types.ts'
import { ownerOf, readSymbol, underSymbol } from '../../../src/core/handles/hidden-symbols.ts'
import * as room from '../../../src/core/handles/state.ts'
import { beginAnew } from '../../begin-anew.ts'

const source = fileURLToPath(new URL('../../../src/', import.meta.url))
const tables = ['core/handles/handle-types.ts', 'core/handles/socket-types.ts']

const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.[cm]?ts$/.test(file))
  .map((file) => {
    const text = readFileSync(join(source, file), 'utf8')
    return { file: file.split(sep).join('/'), code: text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '') }
  })
const outside = texts.filter(({ file }) => !tables.includes(file))

/** All that users may call a handle, as written in the table. */
const names = texts
  .filter(({ file }) => tables.includes(file))
  .flatMap(({ code }) => [...code.matchAll(/\bname: .*/g)])
  .flatMap(([line]) => [...line.matchAll(/'([^']+)'/g)])
  .map(([, name]) => name as string)

beforeEach(() => beginAnew(room))

describe('the table of handle types', () => {
  it('is the only place that names a type', () => {
    expect(handleTypes.size).toBeGreaterThan(10)
    const named = outside.flatMap(({ file, code }) =>
      [...handleTypes.keys()].filter((type) => code.includes(`'${type}'`)).map((type) => `${file}: ${type}`),
    )
    expect(named).toEqual([])
  })

  it('is the only place that asks what users call a handle', () => {
    expect(names).toEqual(expect.arrayContaining(['setInterval', 'net.Socket', 'fs.FSWatcher']))
    const quoted = `'(?:${names.map((name) => name.replace('.', '\\.')).join('|')})'`
    const asking = new RegExp(`[!=]==\\s*${quoted}|${quoted}\\s*[!=]==|\\bcase ${quoted}`)
    expect(outside.filter(({ code }) => asking.test(code)).map(({ file }) => file)).toEqual([])
  })

  it('has types of one shape, so that what is asked of a handle is found at one place', () => {
    const shapes = new Set([...handleTypes.values()].map((type) => Object.keys(type).join()))
    expect(shapes.size).toBe(1)
  })
})

describe('what Node keeps under symbols', () => {
  it('is found on the object and on its prototypes, without running a getter', () => {
    let ran = 0
    const prototype = {
      [Symbol('inherited')]: 1,
      get [Symbol('getter')]() {
        ran += 1
        return 2
      },
    }
    const object = Object.assign(Object.create(prototype), { [Symbol('own')]: 0 })
    expect(underSymbol(object, 'own')).toBe(0)
    expect(underSymbol(object, 'inherited')).toBe(1)
    expect(underSymbol(object, 'getter')).toBeUndefined()
    expect(ran).toBe(0)
    expect(readSymbol(object, 'getter')).toBe(2)
    expect([underSymbol(object, 'other'), readSymbol(object, 'other')]).toEqual([undefined, undefined])
  })

  it('tells the object that a wrap works for', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { _handle: wrap } = server as unknown as { _handle: object }
    expect(ownerOf({})).toBeNull()
    expect(ownerOf(wrap)).toBe(server)
    expect(ownerOf({})).toBeNull()
    await new Promise((resolve) => server.close(resolve))
    expect(ownerOf(new Socket())).toBeNull()
  })
})
