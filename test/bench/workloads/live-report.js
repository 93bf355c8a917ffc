/** The longest that a live report keeps the event loop from its work, of a server with 10,000 sockets or with as many `BENCH_KIND`. */
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { report } from '../../../dist/index.mjs'
import { Poller } from './poller.js'

const handles = 10_000
const kept = []

const open = {
  /** One at either end. */
  async sockets() {
    const server = net.createServer(() => {})
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    for (let index = 0; index < handles / 2; index += 1) {
      await new Promise((resolve) => net.connect(server.address().port, '127.0.0.1', resolve))
    }
  },
  intervals() {
    for (let index = 0; index < handles; index += 1) kept.push(setInterval(() => {}, 1e8))
  },
  engines() {
    for (let index = 0; index < handles; index += 1) {
      const poller = new Poller()
      poller.start(1e8)
      kept.push(poller)
    }
  },
}

await open[process.env.BENCH_KIND]()
await sleep(500)
let last = process.hrtime.bigint()
let longest = 0n
const look = () => {
  const now = process.hrtime.bigint()
  if (now - last > longest) longest = now - last
  last = now
}
const timer = setInterval(look, 1)
const { summary } = await report()
look()
clearInterval(timer)
if (summary.handles.live < handles) throw new Error(`the report has ${summary.handles.live} handles`)
process.stdout.write(`${JSON.stringify({ figure: Number(longest) / 1e6 })}\n`, () => process.exit())
