import { describe, expect, it } from 'vitest'
import { classAt, clearingOf } from '../../../src/report/sources/class-text.ts'

/** What opens stands on the line that says so. */
function clearing(text: string, method = 'onModuleInit') {
  const line =
    text.split('\n').findIndex((each) => each.includes('setInterval') || each.includes('watch(')) + 1
  return clearingOf(text, { className: 'LeakyCache', method, line })
}

const opens = 'onModuleInit() {\n    this.timer = setInterval(() => this.sweep(), 1000)\n  }'

describe('what the text of a class says of a handle that it opened', () => {
  it('names the method that clears the field', () => {
    const text = `class LeakyCache {\n  ${opens}\n  // } a comment's brace\n  evict(keys) { if (keys) { this.stop({}) } }\n  async reset() {\n    clearInterval(this.timer)\n  }\n}`
    expect(clearing(text)).toEqual({ by: 'reset' })
    expect(clearing(text.replaceAll('this.timer', 'this.#timer'))).toEqual({ by: 'reset' })
    expect(clearing(text.replace('async reset()', 'reset = () =>'))).toEqual({ by: 'reset' })
  })

  it('says that there is none', () => {
    expect(clearing(`class LeakyCache {\n  ${opens}\n  sweep() {}\n}`)).toEqual({ by: null })
    const other = `class LeakyCache {\n  ${opens}\n  reset() { clearInterval(this.other) }\n}\nclass B { stop() { clearInterval(this.timer) } }`
    expect(clearing(other)).toEqual({ by: null })
  })

  it('knows what closes, too', () => {
    const text = `class LeakyCache {\n  open() {\n    this.watcher ??= watch('.')\n  }\n  finish() { this.watcher?.close() }\n}`
    expect(clearing(text, 'open')).toEqual({ by: 'finish' })
  })

  it('says nothing where it cannot tell', () => {
    const kept = `class LeakyCache {\n  onModuleInit() {\n    this.all.push(setInterval(() => {}, 1000))\n  }\n  reset() { for (const each of this.all) clearInterval(each) }\n}`
    expect(clearing(kept)).toBe(null)
    expect(clearing(`class Another {\n  ${opens}\n}`)).toBe(null)
    expect(clearing(`class LeakyCache {}\nfunction onModuleInit() {\n  setInterval(() => {}, 1000)\n}`)).toBe(
      null,
    )
  })

  it('says nothing of a method that may clear it itself', () => {
    const toggles = `class LeakyCache {\n  toggle(on) {\n    if (on) this.timer = setInterval(() => {}, 1000)\n    else clearInterval(this.timer)\n  }\n}`
    expect(clearing(toggles, 'toggle')).toBe(null)
    const accessor = toggles.replace('toggle(on)', 'set isOn(on)')
    expect(clearing(accessor, 'isOn')).toBe(null)
    const both = toggles.replace(/\}$/, '  stop() { clearInterval(this.timer) }\n}')
    expect(clearing(both, 'toggle')).toEqual({ by: 'stop' })
  })
})

describe('the class that a line stands in', () => {
  const text = 'class A {\n  a() {\n    class B {\n      b() {}\n    }\n  }\n}\nfunction free() {\n}\n'
  it('is the innermost', () => {
    expect([1, 2, 4, 6].map((line) => classAt(text, line))).toEqual([null, 'A', 'B', 'A'])
  })

  it('is none outside of all', () => {
    expect([8, 9].map((line) => classAt(text, line))).toEqual([null, null])
  })
})
