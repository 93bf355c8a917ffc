/** A server under full load: does its memory grow faster than that of the bare one beside it? */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startServer } from './load.js'
import { bare, variants } from './variants.js'

const file = fileURLToPath(new URL('workloads/engines-in-requests.js', import.meta.url))
/** Between two looks at the clock. */
const batch = 1000
const samplesAtLeast = 20
/** Longer than anything is kept for a while. */
const settleMs = 500

/** One line: what either grew by over the second half. */
export async function soak(binary, version, seconds) {
  const leakwatch = variants.find(({ name }) => name === 'leakwatch')
  const growths = await Promise.all([bare, leakwatch].map((variant) => growth(variant, binary, seconds)))
  const [without, watched] = growths.map(({ slope, last, heap, requests }) => {
    const rss = `RSS ${slope.toFixed(0)} KB a minute (${(last / 1024).toFixed(0)} MB at the end)`
    return `${rss}, live heap ${heap.toFixed(2)} bytes a request of ${requests}`
  })
  return `Node ${version}, ${seconds} s under full load, over the second half: bare ${without}; leakwatch ${watched}`
}

async function growth({ argv, env }, binary, seconds) {
  const given = { ...process.env, ...env, LEAKWATCH_FORMAT: 'none' }
  const server = await startServer({ file, binary, argv: ['--expose-gc', ...argv], env: given }, false)
  const half = (seconds * 1000) / 2
  await load(server, half)
  const before = await liveHeap(server)
  const samples = []
  const [requests] = await Promise.all([load(server, half), sample(server, half, samples)])
  const heap = ((await liveHeap(server)) - before) / requests
  server.end()
  return { slope: slopeOf(samples), last: samples.at(-1).kilobytes, heap, requests }
}

/** How many requests were answered in `ms`. */
async function load(server, ms) {
  const until = Date.now() + ms
  let requests = 0
  while (Date.now() < until) {
    await server.work(batch)
    requests += batch
  }
  return requests
}

async function sample(server, ms, samples) {
  const until = Date.now() + ms
  const pause = ms / samplesAtLeast
  while (Date.now() + pause < until) {
    await sleep(pause)
    samples.push({ at: Date.now(), kilobytes: (await server.ask('rss')).rss / 1024 })
  }
}

/** Bytes that a full collection leaves, once all is answered. */
async function liveHeap(server) {
  await sleep(settleMs)
  return (await server.ask('heap')).heap
}

/** Least squares, in KB a minute. */
function slopeOf(samples) {
  const minutes = samples.map(({ at }) => (at - samples[0].at) / 60_000)
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(minutes), mean(samples.map(({ kilobytes }) => kilobytes))]
  const over = samples.reduce((sum, { kilobytes }, index) => sum + (minutes[index] - x) * (kilobytes - y), 0)
  return over / minutes.reduce((sum, minute) => sum + (minute - x) ** 2, 0)
}
