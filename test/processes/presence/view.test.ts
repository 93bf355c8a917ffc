import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** The clock of the watched process, and what it is to do next. */
const clock = vi.hoisted(() => ({ at: 1000, next: null as (() => void) | null }))
vi.mock(import('../../../src/core/time/clock.ts'), async (original) => ({
  ...(await original()),
  now: () => clock.at,
  later: (ms: number, callback: () => void) => {
    clock.next = () => {
      clock.at += ms
      callback()
    }
    return () => {}
  },
}))
const { show } = await import('../../../src/processes/presence/view.ts')

describe.skipIf(process.geteuid === undefined)('a view', () => {
  let path = ''
  let asked = 0
  let isOver = false
  const at = () => join(path, 'view.request')
  const content = () => readFileSync(at(), 'utf8')

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'leakwatch-view-'))
    writeFileSync(at(), '', { mode: 0o600 })
    asked = 0
    isOver = false
    clock.next = null
  })
  afterEach(() => rmSync(path, { recursive: true, force: true }))

  async function start(text = () => Promise.resolve(`answer ${++asked}\n`)): Promise<void> {
    show({ path, file: 'view.request', text, over: () => (isOver = true) })
    await settled()
  }
  /** So many looks, one after the other. */
  async function looks(count: number): Promise<void> {
    for (let left = count; left > 0 && clock.next !== null; left -= 1) {
      const look = clock.next
      clock.next = null
      look()
      await settled()
    }
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('is filled whenever it was emptied, and costs no counting else', async () => {
    await start()
    expect(content()).toBe('answer 1\n')
    await looks(3)
    expect(asked).toBe(1)
    truncateSync(at())
    await looks(1)
    expect(content()).toBe('answer 2\n')
    expect(isOver).toBe(false)
  })

  it('is over once the file is gone', async () => {
    await start()
    unlinkSync(at())
    await looks(1)
    expect({ isOver, next: clock.next, asked }).toEqual({ isOver: true, next: null, asked: 1 })
    expect(existsSync(at())).toBe(false)
  })

  it('is over once nobody reads any more, and leaves nothing behind', async () => {
    await start()
    await looks(300)
    expect({ isOver, next: clock.next, asked }).toEqual({ isOver: true, next: null, asked: 1 })
    expect(existsSync(at())).toBe(false)
  })

  it('is over once whoever asked has taken the request back, whenever that is', async () => {
    let finish = (_text: string) => {}
    await start(() => new Promise<string>((resolve) => (finish = resolve)))
    const withdrawn = join(path, 'view.withdrawn')
    renameSync(at(), withdrawn)
    appendFileSync(withdrawn, 'withdrawn')
    finish('answer\n')
    await settled()
    await looks(1)
    expect({ isOver, next: clock.next }).toEqual({ isOver: true, next: null })
    expect(readdirSync(path)).toEqual([])
  })

  it('is over, and leaves nothing behind, where that was before the file could be opened', async () => {
    renameSync(at(), join(path, 'view.withdrawn'))
    await start()
    expect({ isOver, asked }).toEqual({ isOver: true, asked: 0 })
    expect(readdirSync(path)).toEqual([])
  })

  it('says why there is no answer, and is over', async () => {
    await start(() => Promise.reject(new Error('the program has "broken" it')))
    expect(JSON.parse(content())).toEqual({ failure: 'Error: the program has  broken  it' })
    expect({ isOver, next: clock.next }).toEqual({ isOver: true, next: null })
  })

  it('is over at once where the file is none of its own', async () => {
    unlinkSync(at())
    await start()
    expect({ isOver, asked }).toEqual({ isOver: true, asked: 0 })
  })
})
