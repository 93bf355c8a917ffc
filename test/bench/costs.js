/**
 * What leakwatch costs beside the bare run, pair by pair in one go: `npm run bench`. `LEAKWATCH_NODE` is the Node under
 * test. Only the ratios mean something; on a noisy machine look at the smallest.
 */
import { fork, spawnSync } from 'node:child_process'
import http from 'node:http'
import { fileURLToPath } from 'node:url'

const node = process.env.LEAKWATCH_NODE ?? process.execPath
const preload = new URL('../../dist/index.js', import.meta.url).href
const server = fileURLToPath(new URL('server.js', import.meta.url))
const pairs = 7
const warmUp = 5000
const requests = 10_000
const connections = 16

/** Microseconds of CPU a request. */
async function cpuOfRequest(execArgv) {
  const child = fork(server, [], {
    execPath: node,
    execArgv,
    env: { ...process.env, LEAKWATCH_FORMAT: 'none' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const answer = () => new Promise((resolve) => child.once('message', resolve))
  const { port } = await answer()
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const get = () =>
    new Promise((resolve, reject) => {
      const request = http.get({ port, agent, host: '127.0.0.1' }, (response) =>
        response.resume().on('end', resolve),
      )
      request.on('error', reject)
    })
  const load = (count) => {
    let left = count
    const work = async () => {
      while (left-- > 0) await get()
    }
    return Promise.all(Array.from({ length: connections }, work))
  }
  const cpu = async () => {
    child.send('cpu')
    const { cpu: used } = await answer()
    return used.user + used.system
  }
  await load(warmUp)
  const before = await cpu()
  await load(requests)
  const after = await cpu()
  agent.destroy()
  child.send('end')
  return (after - before) / requests
}

/** Milliseconds of `node -e 0`. */
function startUp(execArgv) {
  const from = process.hrtime.bigint()
  spawnSync(node, [...execArgv, '-e', '0'], { stdio: 'ignore' })
  return Number(process.hrtime.bigint() - from) / 1e6
}

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const watched = ['--import', preload]

const ratios = []
const bare = []
for (let pair = 0; pair < pairs; pair += 1) {
  bare.push(await cpuOfRequest([]))
  ratios.push((await cpuOfRequest(watched)) / bare.at(-1))
}
console.log(
  `CPU a request: ${middle(bare).toFixed(1)} µs bare, ${middle(ratios).toFixed(2)}x with leakwatch ` +
    `(${Math.min(...ratios).toFixed(2)}x to ${Math.max(...ratios).toFixed(2)}x in ${pairs} pairs)`,
)

const starts = Array.from({ length: 15 }, () => ({ bare: startUp([]), watched: startUp(watched) }))
const more = starts.map((each) => each.watched - each.bare)
console.log(
  `node -e 0: ${middle(starts.map((each) => each.bare)).toFixed(0)} ms bare, ` +
    `${middle(more).toFixed(0)} ms more with leakwatch (${Math.min(...more).toFixed(0)} to ${Math.max(...more).toFixed(0)})`,
)
