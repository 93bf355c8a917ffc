/** An engine that is started and stopped in each request. */
import http from 'node:http'
import { serve } from './served.js'

class Poller {
  #timer

  start() {
    this.#timer = setInterval(() => {}, 1000)
  }

  stop() {
    clearInterval(this.#timer)
  }
}

serve(
  http.createServer(async (_request, response) => {
    const poller = new Poller()
    poller.start()
    await null
    poller.stop()
    response.end('ok')
  }),
)
