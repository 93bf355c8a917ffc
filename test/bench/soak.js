/** A server under full load: does its memory grow faster than that of the bare one beside it? */
import { fileURLToPath } from 'node:url'
import { startServer } from './load.js'
import { bare, variants } from './variants.js'

const file = fileURLToPath(new URL('workloads/engines-in-requests.js', import.meta.url))
/** Between two looks at the clock. */
const batch = 1000
const samplesAtLeast = 20

/** One line: the growth of either, in KB a minute, over the second half. */
export async function soak(binary, version, seconds) {
  const leakwatch = variants.find(({ name }) => name === 'leakwatch')
  const growths = await Promise.all([bare, leakwatch].map((variant) => growth(variant, binary, seconds)))
  const [without, watched] = growths.map(({ slope, last, requests }) => {
    return `${slope.toFixed(0)} KB a minute (${(last / 1024).toFixed(0)} MB at the end, ${requests} requests)`
  })
  return `Node ${version}, ${seconds} s under full load, RSS over the second half: bare ${without}; leakwatch ${watched}`
}

async function growth({ argv, env }, binary, seconds) {
  const given = { ...process.env, ...env, LEAKWATCH_FORMAT: 'none' }
  const server = await startServer({ file, binary, argv, env: given }, false)
  const until = Date.now() + seconds * 1000
  let requests = 0
  const work = async () => {
    while (Date.now() < until) {
      await server.work(batch)
      requests += batch
    }
  }
  const samples = []
  const sample = async () => {
    const pause = (seconds * 1000) / 2 / samplesAtLeast
    while (Date.now() + pause < until) {
      await new Promise((resolve) => setTimeout(resolve, pause))
      samples.push({ at: Date.now(), kilobytes: (await server.ask('cpu')).rss / 1024 })
    }
  }
  await Promise.all([sample(), work()])
  server.end()
  return { slope: slopeOf(samples.slice(samples.length / 2)), last: samples.at(-1).kilobytes, requests }
}

/** Least squares, in KB a minute. */
function slopeOf(samples) {
  const minutes = samples.map(({ at }) => (at - samples[0].at) / 60_000)
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(minutes), mean(samples.map(({ kilobytes }) => kilobytes))]
  const over = samples.reduce((sum, { kilobytes }, index) => sum + (minutes[index] - x) * (kilobytes - y), 0)
  return over / minutes.reduce((sum, minute) => sum + (minute - x) ** 2, 0)
}
