/** The HTML report in a real browser. Without Chromium, which `.ci/run` installs, these are skipped. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atOnce } from '../../../../src/core/time/steps.ts'
import { formattingHtml } from '../../../../src/report/formats/html.ts'
import { gathering } from '../../../../src/report/model/gather.ts'
import type { Report } from '../../../../src/report/schema/report.ts'
import { sampleEngine, sampleFinding, sampleHandle, sampleReport, sampleStop } from '../../sample.ts'

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-page-'))
const sizes = [400, 1600]
const schemes = ['light', 'dark'] as const

let browser: Browser
beforeAll(async () => {
  if (installed === undefined) return
  browser = await chromium.launch({ executablePath: installed, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

function large(engineCount: number, findingCount: number): Report {
  const start = Date.parse('2026-01-02T02:04:05.678Z')
  const engines = Array.from({ length: engineCount }, (_, index) =>
    sampleEngine({
      id: `e${index}`,
      name: `Engine${index}`,
      parent: index % 5 === 0 ? null : `e${index - 1}`,
      startedAt: new Date(start + index * 100).toISOString(),
    }),
  )
  const findings = Array.from({ length: findingCount }, (_, index) =>
    sampleFinding({
      id: `id${index}`,
      engine: `e${index}`,
      handles: [`h${index}`],
      kind: index % 2 === 0 ? 'never-stopped' : 'overdue',
      severity: index % 3 === 0 ? 'warning' : 'leak',
      message: `Engine${index} was started 3 min ago and never stopped`,
    }),
  )
  const handles = engines.map(({ id }, index) =>
    sampleHandle(`h${index}`, 'setInterval', { delayMs: 5000 }, { engine: id }),
  )
  const shutdown = {
    startedAt: '2026-01-02T03:04:05.000Z',
    order: [sampleStop('Engine1', 0, 200), sampleStop('Engine2', 200, null)],
    openAtEnd: { engines: [], handles: [] },
  }
  return sampleReport({ engines, findings, handles, shutdown })
}

function fleet(): Report {
  const all = gathering()
  for (let minute = 10; minute < 50; minute += 1)
    all.add(
      sampleReport({ at: `2026-01-02T03:${minute}:00.000Z`, findings: [sampleFinding({ count: minute })] }),
    )
  return all.report() as Report
}

const formatHtml = (reports: readonly Report[], folder: string): string =>
  atOnce(formattingHtml(reports, folder))

interface Opened {
  page: Page
  /** What the console says of what went wrong, and what was asked of the network. */
  faults: string[]
}

async function opened(
  reports: readonly Report[],
  { width = 1600, colorScheme = 'light' as (typeof schemes)[number], hash = '', bypassCSP = false } = {},
): Promise<Opened> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`)
  writeFileSync(file, formatHtml(reports, '/shop'))
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, bypassCSP })
  const faults: string[] = []
  page.on(
    'console',
    (message) => ['error', 'warning'].includes(message.type()) && faults.push(message.text()),
  )
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => !request.url().startsWith('file:') && faults.push(request.url()))
  await page.goto(pathToFileURL(file).href + hash)
  return { page, faults }
}

describe.skipIf(installed === undefined)('the page, in Chromium', () => {
  it('runs nothing that a program has in its names, and asks nothing of the network', async () => {
    const evil = [
      '</script><script>globalThis.broken = 1</script>',
      '<img src=x onerror="globalThis.broken = 1">',
      '<script>',
      '\u2028globalThis.broken = 1//',
    ].join('')
    const report = sampleReport({
      findings: [sampleFinding({ id: evil, message: evil, fix: evil })],
      engines: [sampleEngine({ name: evil }), sampleEngine({ id: 'e2', name: evil })],
    })
    const { page, faults } = await opened([report])
    await page.waitForSelector('.tree .rows [role=row]')
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false)
    expect(await page.locator('article h3').textContent()).toContain('<img src=x onerror=')
    expect(await page.locator('.tree .rows').textContent()).toContain('<img src=x onerror=')
    expect(faults).toEqual([])
    await page.close()
  })

  it.each(sizes.flatMap((width) => schemes.map((colorScheme) => ({ width, colorScheme }))))(
    'has no fault that axe-core finds, and is no wider than the window: $width, $colorScheme',
    async (look) => {
      const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
      for (const reports of [[large(60, 8)], [fleet()], [sampleReport({ findings: [], engines: [] })]]) {
        const { page, faults } = await opened(reports, { ...look, bypassCSP: true })
        await page.waitForTimeout(100)
        await page.evaluate(axe)
        const found = await page.evaluate(async () => {
          const run = (globalThis as never as { axe: { run(): Promise<{ violations: { id: string }[] }> } })
            .axe
          return (await run.run()).violations.map(({ id }) => id)
        })
        const { scrollWidth, clientWidth } = (await page.evaluate(
          '({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth })',
        )) as Record<string, number>
        expect({ found, faults, scrollWidth }).toEqual({ found: [], faults: [], scrollWidth: clientWidth })
        await page.close()
      }
    },
    60_000,
  )

  it('shows 10,000 engines and 1,000 findings within 2 s, and has only the rows on the screen', async () => {
    const { page, faults } = await opened([large(10_000, 1000)])
    await page.waitForSelector('.tree .rows [role=row]')
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    )
    expect(paint).toBeLessThan(2000)
    expect(await page.locator('.tree .rows [role=row]').count()).toBeLessThan(100)
    await page.locator('.tree').press('End')
    await page.waitForSelector('.tree .rows :text("Engine9999")')
    expect(await page.locator('.tree .rows [role=row]').count()).toBeLessThan(100)
    expect(faults).toEqual([])
    await page.close()
  })

  it('is searched and filtered, engines too', async () => {
    const { page } = await opened([large(60, 9)])
    const shown = () => page.locator('article:visible').count()
    await page.selectOption('[name=severity]', 'warning')
    await expect.poll(() => page.locator('output').textContent()).toBe('3 of 9 findings')
    expect(await shown()).toBe(3)
    await page.selectOption('[name=kind]', 'overdue')
    await expect.poll(() => page.locator('output').textContent()).toBe('1 of 9 findings')
    await page.keyboard.press('Escape')
    expect(await shown()).toBe(9)
    await page.keyboard.press('/')
    await page.keyboard.type('engine57')
    await expect.poll(() => page.locator('output').textContent()).toBe('0 of 9 findings')
    // With its ancestors.
    expect(await page.locator('.tree .rows [role=row]').count()).toBe(3)
    await page.close()
  })

  it('leads to a finding by its id, whatever is filtered, and by keys', async () => {
    const { page } = await opened([large(60, 9)], { hash: '#id7' })
    const focused = () => page.evaluate('document.activeElement.id')
    expect(await focused()).toBe('id7')
    await page.keyboard.press('k')
    expect(await focused()).toBe('id6')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    expect(await focused()).toBe('id8')
    await page.selectOption('[name=severity]', 'warning')
    await expect.poll(() => page.locator('output').textContent()).toBe('3 of 9 findings')
    await page.evaluate("location.hash = '#id1'")
    await expect.poll(focused).toBe('id1')
    expect(await page.locator('#id1').isVisible()).toBe(true)
    await page.locator('.tree').press('Home')
    await page.locator('.tree').press('ArrowLeft')
    expect(await page.locator('.tree .rows [role=row]').nth(1).textContent()).toContain('Engine5')
    await page.locator('.tree').press('Enter')
    await expect.poll(focused).toBe('id0')
    await page.close()
  })

  it('draws how a bug grew, and when engines ran', async () => {
    const { page, faults } = await opened([fleet(), large(60, 3)])
    await page.waitForSelector('.growth canvas')
    expect(await page.locator('.growth p').textContent()).toBe(
      'The highest number in one process: 10 at first, 49 at last, 49 at most',
    )
    expect(await page.locator('.lives-plot canvas').count()).toBe(1)
    expect(faults).toEqual([])
    await page.close()
  })

  it('prints each finding', async () => {
    const { page } = await opened([large(60, 9)])
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('article:visible').count()).toBe(9)
    expect(await page.locator('.tools').isVisible()).toBe(false)
    await page.close()
  })
})
