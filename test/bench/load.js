/** Load on a server in a process of its own, whose CPU time alone is counted. */
import http from 'node:http'
import { startChild } from './child.js'

const clients = 16

/** `work` sends it so many requests. `connects`: each on a connection of its own. */
export async function startServer(program, connects) {
  const { first, ask, end } = await startChild(program)
  const agent = new http.Agent({ keepAlive: !connects, maxSockets: clients })
  return {
    ask,
    port: first.port,
    work: (count) => load(agent, first.port, count),
    end() {
      agent.destroy()
      end()
    },
  }
}

async function load(agent, port, count) {
  let left = count
  const work = async () => {
    while (left-- > 0) await get({ host: '127.0.0.1', port, agent })
  }
  await Promise.all(Array.from({ length: clients }, work))
}

/** One request, its answer read to the end. */
function get(options) {
  return new Promise((resolve, reject) => {
    http.get(options, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
}
