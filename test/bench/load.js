/** Load on a server in a process of its own, whose CPU time alone is counted. */
import { fork } from 'node:child_process'
import http from 'node:http'

/** V8 compiles a server anew for some ten thousand requests: before, what is measured is that as much as the requests. */
const warmUp = 20_000
const requests = 40_000
const clients = 16

/** A server in a process of its own: its port, `ask` for what it uses, and `end`. */
export async function startServer({ file, binary, argv, env }) {
  const child = fork(file, [], {
    execPath: binary,
    execArgv: argv,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let fail = () => {}
  const answer = () =>
    new Promise((resolve, reject) => {
      fail = reject
      child.once('message', resolve)
    })
  child.once('exit', (code) => fail(new Error(`${file} ended with ${code}`)))
  const { port } = await answer()
  return {
    port,
    ask() {
      child.send('cpu')
      return answer()
    },
    end: () => child.send('end'),
  }
}

/** Microseconds of CPU a request. `share`: of the usual number of requests. */
export async function cpuOfRequests({ connects, share = 1, ...options }) {
  const server = await startServer(options)
  const agent = new http.Agent({ keepAlive: !connects, maxSockets: clients })
  await load(agent, server.port, Math.ceil(warmUp * share))
  const before = await server.ask()
  await load(agent, server.port, Math.ceil(requests * share))
  const after = await server.ask()
  agent.destroy()
  server.end()
  return (after.cpu - before.cpu) / Math.ceil(requests * share)
}

async function load(agent, port, count) {
  let left = count
  const work = async () => {
    while (left-- > 0) await get({ host: '127.0.0.1', port, agent })
  }
  await Promise.all(Array.from({ length: clients }, work))
}

/** One request, its answer read to the end. */
export function get(options) {
  return new Promise((resolve, reject) => {
    http.get(options, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
}
