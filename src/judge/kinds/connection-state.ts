/** What a connection that a server has accepted is in the middle of. */
import { readSymbol } from '../../core/handles/hidden-symbols.ts'
import type { OwnedHandle } from '../../core/stock.ts'

/** What Node keeps in fields of a server's connection. */
interface Connection {
  /** The response that is written to it. */
  _httpMessage?: object | null
  /** `null` once it was upgraded. */
  parser?: object | null
}

/** What Node keeps of all connections of a server that were not upgraded. */
interface Connections {
  all?: () => { socket?: (Connection & { _parent?: object | null }) | null }[]
}

/** `response`: one that has not ended; `silent`: no request. `null`: no server has accepted it. */
export type ConnectionState = 'response' | 'upgraded' | 'silent' | null

/** Of an HTTP server's connection. */
export function connectionState({ live: { record, resource } }: Pick<OwnedHandle, 'live'>): ConnectionState {
  const server = record.kind.server(resource)
  const connection = server === null ? null : record.kind.owner(resource)
  if (server === null || connection === null) return null
  const { _httpMessage: response, parser } = (encrypted(connection, server) ?? connection) as Connection
  if (typeof response === 'object' && response !== null) return 'response'
  return parser === null || parser === undefined ? 'upgraded' : 'silent'
}

/** The connection of an `https.Server` that runs over this one. */
function encrypted(connection: object, server: object): Connection | null {
  const connections = readSymbol(server, 'http.server.connections') as Connections | undefined
  const over = connections?.all?.().find(({ socket }) => socket?._parent === connection)
  return over?.socket ?? null
}
