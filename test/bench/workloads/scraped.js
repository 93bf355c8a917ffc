/** The bare HTTP server, with 10,000 engines beside it that were started at 200 places; `/metrics` is what a scrape asks for. */
import { rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import '../../../dist/prometheus.js'
import { register } from 'prom-client'
import { Poller } from './poller.js'
import { serve } from './served.js'

const engines = 10_000
const places = 200
const generated = join(tmpdir(), `leakwatch-bench-places-${process.pid}.mjs`)
writeFileSync(generated, `export const starts = [\n${'(poller) => poller.start(1e8),\n'.repeat(places)}]\n`)
const { starts } = await import(pathToFileURL(generated).href)
rmSync(generated)
/** Reachable, or V8 collects them once this module has run: then they are leaks. */
globalThis.kept = []
for (let index = 0; index < engines; index += 1) {
  const poller = new Poller()
  starts[index % places](poller)
  globalThis.kept.push(poller)
}

serve(
  http.createServer(async (request, response) => {
    if (request.url === '/metrics') {
      response.end(await register.metrics())
      return
    }
    await null
    setTimeout(() => {}, 1)
    await null
    response.end('ok')
  }),
)
