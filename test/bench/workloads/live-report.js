/** The longest that a live report keeps the event loop of a server with 10,000 sockets from its work. */
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { report } from '../../../dist/index.js'

/** A socket at either end. */
const connections = 5000
const server = net.createServer(() => {})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
for (let index = 0; index < connections; index += 1) {
  await new Promise((resolve) => net.connect(server.address().port, '127.0.0.1', resolve))
}
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
if (summary.handles.live < connections * 2) throw new Error(`the report has ${summary.handles.live} handles`)
process.stdout.write(`${JSON.stringify({ figure: Number(longest) / 1e6 })}\n`, () => process.exit())
