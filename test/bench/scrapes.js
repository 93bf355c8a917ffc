/**
 * What it costs to be scraped each second, with 10,000 engines: `node test/bench/scrapes.js [seconds]`, after a build. Two processes get the same
 * requests, and one of them is scraped; they change parts each second, so that what else the machine does meets both. Tells CPU time alone.
 */
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startServer } from './load.js'
import { median } from './table.js'
import { bare, variants } from './variants.js'

const seconds = Number(process.argv[2] ?? 40)
const requests = 2000
const settleMs = 300
const warmUps = 12
const leakwatch = variants.find(({ name }) => name === 'leakwatch') ?? bare
const file = fileURLToPath(new URL('workloads/scraped.js', import.meta.url))
const env = { ...process.env, LEAKWATCH_FORMAT: 'none', LEAKWATCH_CACHE: 'off' }

function scrape(port) {
  return new Promise((resolve, reject) => {
    const take = (response) => {
      let series = 0
      response.setEncoding('utf8').on('data', (text) => {
        series += text.split('\n').filter((line) => line.startsWith('leakwatch_')).length
      })
      response.on('end', () => resolve(series))
    }
    http.get({ host: '127.0.0.1', port, path: '/metrics', agent: false }, take).on('error', reject)
  })
}

const program = { file, binary: process.execPath, argv: leakwatch.argv, env }
const servers = await Promise.all([0, 1].map(() => startServer(program, false)))
try {
  for (const { work } of servers) await work(10 * requests)
  // V8 compiles what a scrape calls only after some of them.
  for (let scrapes = 0; scrapes < warmUps; scrapes += 1) {
    await Promise.all(servers.map(({ port }) => scrape(port)))
    await sleep(1000)
  }
  const spent = { scraped: [], unscraped: [] }
  let series = 0
  for (let second = 0; second < seconds; second += 1) {
    for (const [at, { ask, work, port }] of servers.entries()) {
      const isScraped = at === second % 2
      const { cpu: before } = await ask('cpu')
      const half = work(requests)
      if (isScraped) series = await scrape(port)
      await half
      await sleep(settleMs)
      spent[isScraped ? 'scraped' : 'unscraped'].push((await ask('cpu')).cpu - before)
    }
  }
  const [scraped, unscraped] = [median(spent.scraped), median(spent.unscraped)]
  const more = (scraped - unscraped) / 1e4
  const of = `${(scraped / 1000).toFixed(1)} ms of CPU with a scrape, ${(unscraped / 1000).toFixed(1)} without`
  console.log(`${requests} requests: ${of}; ${more.toFixed(2)} % of a core, each second (${series} series)`)
} finally {
  for (const { end } of servers) end()
}
