/** How long `reportSync()` takes with so many live handles: `BENCH_HANDLES`; each of an engine of its own with `BENCH_KIND=engines`. */
import { reportSync } from '../../../dist/index.mjs'
import { Poller } from './poller.js'

const handles = Number(process.env.BENCH_HANDLES)
const kept = []

/** Starts them all: they are its children. */
class Pool {
  pollers = []

  start() {
    for (let index = 0; index < handles; index += 1) {
      const poller = new Poller()
      poller.start(1e8)
      this.pollers.push(poller)
    }
  }

  stop() {
    for (const poller of this.pollers) poller.stop()
  }
}

if (process.env.BENCH_KIND === 'engines') {
  const pool = new Pool()
  pool.start()
  kept.push(pool)
} else for (let index = 0; index < handles; index += 1) kept.push(setInterval(() => {}, 1e8))
await new Promise((resolve) => setTimeout(resolve, 300))
const from = process.hrtime.bigint()
const { findings } = reportSync()
const ms = Number(process.hrtime.bigint() - from) / 1e6
if (findings.length === 0) throw new Error('the report shows no leak')
process.stdout.write(`${JSON.stringify({ figure: ms })}\n`, () => process.exit())
