/** A bare HTTP server: a timer and two awaits a request. */
import http from 'node:http'
import { serve } from './served.js'

serve(
  http.createServer(async (_request, response) => {
    await null
    setTimeout(() => {}, 1)
    await null
    response.end('ok')
  }),
)
