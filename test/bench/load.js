/** Load on a server in a process of its own, whose CPU time alone is counted. */
import { fork } from 'node:child_process'
import http from 'node:http'

const warmUp = 5000
const requests = 10_000
const clients = 16

/** Microseconds of CPU a request. `share`: of the usual number of requests. */
export async function cpuOfRequests({ file, binary, argv, env, connects, share = 1 }) {
  const child = fork(file, [], {
    execPath: binary,
    execArgv: argv,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const answer = () =>
    new Promise((resolve, reject) => {
      child.once('message', resolve)
      child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
    })
  const { port } = await answer()
  const agent = new http.Agent({ keepAlive: !connects, maxSockets: clients })
  const cpu = async () => {
    child.send('cpu')
    return (await answer()).cpu
  }
  await load(agent, port, Math.ceil(warmUp * share))
  const before = await cpu()
  await load(agent, port, Math.ceil(requests * share))
  const used = (await cpu()) - before
  agent.destroy()
  child.removeAllListeners('exit')
  child.send('end')
  return used / Math.ceil(requests * share)
}

async function load(agent, port, count) {
  let left = count
  const work = async () => {
    while (left-- > 0) await get({ host: '127.0.0.1', port, agent })
  }
  await Promise.all(Array.from({ length: clients }, work))
}

function get(options) {
  return new Promise((resolve, reject) => {
    http.get(options, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
}
