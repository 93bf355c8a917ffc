/** Chunks through a pipeline of three streams. */
import { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { measure } from './measured.js'

measure((count) => {
  let left = count
  return pipeline(
    new Readable({
      objectMode: true,
      read() {
        this.push(left-- > 0 ? { left } : null)
      },
    }),
    new Transform({
      objectMode: true,
      transform: (chunk, _encoding, done) => setImmediate(done, null, chunk),
    }),
    new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() }),
  )
})
