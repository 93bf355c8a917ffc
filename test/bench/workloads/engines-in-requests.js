/** An engine that is started and stopped in each request. */
import http from 'node:http'
import { Poller } from './poller.js'
import { serve } from './served.js'

serve(
  http.createServer(async (_request, response) => {
    const poller = new Poller()
    poller.start()
    await null
    poller.stop()
    response.end('ok')
  }),
)
