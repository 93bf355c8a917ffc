/** Preloaded beside leakwatch: serves the metrics of any program, on `METRICS_PORT`, or on a port of its own, which it prints. */
import http from 'node:http'
import 'leakwatch/prometheus'
import { register } from 'prom-client'

const server = http.createServer(async (_request, response) => {
  response.setHeader('Content-Type', register.contentType)
  response.end(await register.metrics())
})
server.listen(Number(process.env.METRICS_PORT ?? 0), '127.0.0.1', () => {
  console.log(`metrics 127.0.0.1:${server.address().port}`)
})
