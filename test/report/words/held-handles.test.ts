import { expect, it } from 'vitest'
import { heldHandlesText } from '../../../src/report/words/held-handles.ts'
import { sampleHandle } from '../sample.ts'

const outgoing = sampleHandle('h1', 'net.Socket', { local: '127.0.0.1:40000', remote: '127.0.0.1:5432' })
const incoming = sampleHandle('h2', 'net.Socket', { local: '127.0.0.1:8080', remote: '127.0.0.1:50000' })

it('says of a connection that came in at a server where it is from', () => {
  const server = sampleHandle('h3', 'net.Server', { local: '127.0.0.1:8080' })
  expect(heldHandlesText([server, incoming, outgoing])).toBe(
    '1 net.Server on 127.0.0.1:8080, 1 net.Socket from 127.0.0.1, 1 net.Socket to 127.0.0.1:5432',
  )
})

it('knows the connections of a server that listens on every address', () => {
  const server = sampleHandle('h3', 'net.Server', { local: ':::8080' })
  expect(heldHandlesText([server, incoming])).toContain('1 net.Socket from 127.0.0.1')
})
