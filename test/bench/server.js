/** A bare HTTP server: a timer and two awaits a request. Tells its parent its port, and its CPU time when asked. */
import http from 'node:http'

const server = http.createServer(async (_request, response) => {
  await null
  setTimeout(() => {}, 1)
  await null
  response.end('ok')
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', (message) => {
  if (message === 'cpu') process.send({ cpu: process.cpuUsage() })
  else process.exit()
})
