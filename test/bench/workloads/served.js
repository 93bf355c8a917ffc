/** A server under load from the process that forked this one: it asks for the CPU time before and after. */
import { cpuMicros } from './measured.js'

export function serve(server) {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
  process.on('message', (message) => {
    if (message === 'cpu') process.send({ cpu: cpuMicros(), rss: process.memoryUsage.rss() })
    else process.exit()
  })
}
