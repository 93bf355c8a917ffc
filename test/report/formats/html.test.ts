import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../src/core/time/steps.ts'
import { formattingHtml } from '../../../src/report/formats/html.ts'
import { gathering } from '../../../src/report/model/gather.ts'
import type { Report } from '../../../src/report/schema/report.ts'
import { sampleEngine, sampleFinding, sampleReport, sampleStack } from '../sample.ts'
import { clean, merged, rich } from './ci-reports.ts'

/** What a program could be called to break out of a page. */
const evil = [
  '</script><script>globalThis.broken = 1</script>',
  '<img src=x onerror="globalThis.broken = 1">',
  '"><svg onload=globalThis.broken=1>',
  "' onmouseover='globalThis.broken = 1",
  '<!--<script>',
  ']]>\u2028\u2029\u0000\u202e&amp;&#60;script&#62;',
]

const formatHtml = (reports: readonly Report[], folder: string): string =>
  atOnce(formattingHtml(reports, folder))

function evilReport(text: string): Report {
  const frames = [{ ...sampleStack(`/shop/${text}.ts`, 1, text).frames[2], function: text }] as never
  return sampleReport({
    findings: [sampleFinding({ id: text, message: text, fix: text, kind: text as 'growing' })],
    engines: [
      sampleEngine({
        name: text,
        started: { frames },
        site: { file: `/shop/${text}.ts`, line: 1, column: 1 },
      }),
    ],
    process: {
      ...sampleReport().process,
      service: text,
      hostname: text,
      cwd: `/${text}`,
      main: `/${text}.js`,
    },
    shutdown: {
      startedAt: '2026-01-02T03:04:05.000Z',
      order: [
        {
          engine: 'e1',
          name: text,
          stopCalledAt: '2026-01-02T03:04:05.000Z',
          stoppedAt: null,
          tookMs: null,
          alongside: [],
          stoppedBeforeChildren: [],
        },
      ],
      openAtEnd: { engines: [], handles: [] },
    },
  })
}

function scriptsOf(page: string): string[] {
  return [...page.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text)
}

describe('html', () => {
  it('is a page of all reports, with each finding and its anchor', () => {
    const page = formatHtml([rich, merged, clean], '/shop')
    expect(page.match(/<section class="report">/g)).toHaveLength(3)
    expect(page.match(/<article [^>]*class="leak"/g)).toHaveLength(5)
    expect(page).toContain('started 3 min ago and never stopped (in app.js (pid 124, thread 2))')
    expect(page).toContain('src/order.ts:41   await engine.start()')
    expect(page).toContain('<a href="#abcdef012345">OrderEngine</a>')
    const ids = [...page.matchAll(/<article id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, id] of page.matchAll(/<a href="#([^"]*)">/g)) expect([...ids, 'findings']).toContain(id)
  })

  it('closes all that it opens', () => {
    const page = formatHtml([rich, merged, clean], '/shop').replace(
      /<(script|style)[^>]*>[\s\S]*?<\/\1>/g,
      '',
    )
    const opened = [...page.matchAll(/<(\w+)[^>]*>/g)].map(([, name]) => name)
    const closed = [...page.matchAll(/<\/(\w+)>/g)].map(([, name]) => name)
    const whole = opened.filter((name) => !['meta', 'br', 'input', 'rect'].includes(name ?? ''))
    expect(whole.toSorted()).toEqual(closed.toSorted())
  })

  it.each(evil)('lets nothing break out of its place: %j', (text) => {
    const page = formatHtml([evilReport(text)], '/shop')
    expect(scriptsOf(page)).toHaveLength(2)
    const [data = ''] = scriptsOf(page)
    expect(data).not.toMatch(/[<>\u2028\u2029]/)
    expect(JSON.parse(data).lives[0].texts[0]).toContain(text.slice(0, 3))
    const own = page.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(own).not.toMatch(/<(?:script|img|svg onload)|<!--|[\u0000-\u0009\u000b-\u001f\u2028\u2029\u202e]/)
    // No attribute but those of the page itself.
    for (const [tag] of own.matchAll(/<\w[^>]*>/g))
      expect(tag.replace(/"[^"]*"/g, '')).not.toMatch(/\son\w+\s*=|'/)
  })

  it('needs no network, and runs nothing but its own script', async () => {
    const { createHash } = await import('node:crypto')
    const page = formatHtml([rich], '/shop')
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? []
    const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(scriptsOf(page)[1] ?? '')}`,
      `style-src ${hashOf(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(page.replace(/<script>[\s\S]*?<\/script>/g, '')).not.toMatch(/(?:src|href)="(?!#)|url\(|@import/)
    expect(page).not.toContain(' style="')
  })

  it('shows several lines of a source that is here and is still the same', () => {
    const file = join(import.meta.dirname, 'html.test.ts')
    const all = readFileSync(file, 'utf8').split('\n')
    const line = all.findIndex((text) => text.startsWith('describe(')) + 1
    const pageOf = (code: string, folder: string) =>
      formatHtml(
        [
          sampleReport({
            engines: [
              sampleEngine({ started: sampleStack(file, line, code), site: { file, line, column: 1 } }),
            ],
          }),
        ],
        folder,
      )
    const shown = pageOf(all[line - 1] ?? '', import.meta.dirname)
    expect(shown.match(/<span class="line(?: own)?">/g)).toHaveLength(7)
    expect(shown).toContain(
      `<span class="line own"><span class="number">${line}</span> describe(&#39;html&#39;`,
    )
    expect(pageOf('describe("another")', import.meta.dirname)).not.toContain('class="source"')
    expect(pageOf(all[line - 1] ?? '', '/elsewhere')).not.toContain('class="source"')
  })

  it('has the curve of a bug that was seen several times, and the library that draws it', () => {
    const all = gathering()
    for (let minute = 1; minute < 9; minute += 1)
      all.add(
        sampleReport({
          at: `2026-01-02T03:0${minute}:00.000Z`,
          findings: [sampleFinding({ count: minute })],
        }),
      )
    const page = formatHtml([all.report() as Report], '/shop')
    const { growth } = JSON.parse(scriptsOf(page)[0] ?? '')
    expect(growth.abcdef012345[1]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(page).toContain('<div class="growth" data-growth="abcdef012345">')
    expect(page).toContain('uPlot (v1.6')
    expect(formatHtml([clean], '/shop')).not.toContain('uPlot (v1.6')
  })

  it('is no larger than 5 MB for 10,000 engines and 1,000 findings, and nests no deeper than a page can', () => {
    const engines = Array.from({ length: 10_000 }, (_, index) =>
      sampleEngine({ id: `e${index}`, parent: index === 0 ? 'e9999' : `e${index - 1}` }),
    )
    const findings = Array.from({ length: 1000 }, (_, index) =>
      sampleFinding({ id: `id${index}`, engine: `e${index * 10}` }),
    )
    const page = formatHtml([sampleReport({ engines, findings })], '/shop')
    expect(page.length).toBeLessThan(5_000_000)
    expect(JSON.parse(scriptsOf(page)[0] ?? '').lives[0].rows).toHaveLength(10_000)
  })
})
