/** `dgram.Socket`: from `createSocket` to `close`. */
import { onOpen } from '../../core/handles.ts'
import { isBoundDatagram } from '../../core/stream-handles.ts'
import { underSymbol } from '../../core/symbols.ts'
import { bornFrom, noteStops, openness, startCoreEngine } from './core-engine.ts'

interface SocketState {
  handle?: unknown
}

export function watchDatagrams(): void {
  onOpen('UDPWRAP', ({ resource, stack, owner }) => {
    const { Socket } = require('node:dgram') as typeof import('node:dgram')
    noteStops(Socket.prototype, 'close', (self) =>
      bornFrom((underSymbol(self, 'state symbol') as SocketState)?.handle),
    )
    const weak = new WeakRef(resource)
    const isOpen = openness('UDPWRAP', resource)
    const record = startCoreEngine({
      name: 'dgram.Socket',
      start: 'createSocket',
      stop: 'close',
      stack,
      owner,
      isOpen,
    })
    record.isDormant = () => {
      const handle = weak.deref()
      return handle === undefined || !isBoundDatagram(handle)
    }
    return record
  })
}
