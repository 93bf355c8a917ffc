/** A server under load from the process that forked this one. */
import { answer } from './measured.js'

export function serve(server) {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
  answer()
}
