/** `dgram.Socket`: from `createSocket` to `close`. */
import { onOpen } from '../../core/handles/follow-handles.ts'
import { underSymbol } from '../../core/handles/hidden-symbols.ts'
import { datagramSocket, isBoundDatagram } from '../../core/handles/socket-types.ts'
import { bornFrom, isOfCluster, noteStops, openness, startCoreEngine } from './core-engine.ts'

interface SocketState {
  handle?: unknown
}

export function watchDatagrams(): void {
  onOpen(datagramSocket, ({ resource, stack, owner }) => {
    if (isOfCluster(stack)) return 'internal'
    const { Socket } = require('node:dgram') as typeof import('node:dgram')
    noteStops(Socket.prototype, 'close', (self) =>
      bornFrom((underSymbol(self, 'state symbol') as SocketState)?.handle),
    )
    const weak = new WeakRef(resource)
    const isOpen = openness(datagramSocket, resource)
    const isDormant = () => {
      const handle = weak.deref()
      return handle === undefined || !isBoundDatagram(handle)
    }
    return startCoreEngine({
      name: datagramSocket.name(resource),
      start: 'createSocket',
      stop: 'close',
      stack,
      owner,
      isOpen,
      isDormant,
    })
  })
}
