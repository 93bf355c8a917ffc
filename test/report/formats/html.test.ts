import { describe, expect, it } from 'vitest'
import { formatHtml } from '../../../src/report/formats/html.ts'
import { clean, merged, rich } from './ci-reports.ts'

describe('html', () => {
  it('is a page of all reports, from which nothing breaks out', () => {
    const page = formatHtml([rich, merged, clean])
    expect(page.match(/<section>/g)).toHaveLength(3)
    expect(page.match(/<article class="leak">/g)).toHaveLength(5)
    expect(page).toContain('started 3 min ago and never stopped (in app.js (pid 124, thread 2))')
    expect(page).toContain('src/order.ts:41   await engine.start()')
    expect(page).not.toContain('<&')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(page).not.toMatch(/<script|[\u0000-\u0009\u000b-\u001f\u2028]/)
    const opened = [...page.matchAll(/<(\w+)[^>]*>/g)].map(([, name]) => name)
    const closed = [...page.matchAll(/<\/(\w+)>/g)].map(([, name]) => name)
    const whole = opened.filter((name) => name !== 'meta' && name !== 'br')
    expect(whole.toSorted()).toEqual(closed.toSorted())
  })
})
