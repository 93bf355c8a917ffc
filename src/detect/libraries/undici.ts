import { factsOf, type Library, type LibraryEngine } from './library.ts'

/** The dispatcher of `fetch`: nobody has to close it. */
const globalDispatcher = Symbol.for('undici.globalDispatcher.1')

const files = (name: string) => [`undici/lib/dispatcher/${name}.js`, `undici/lib/${name}.js`]

const dispatcher: Omit<LibraryEngine, 'files' | 'class' | 'stopCall' | 'forcedCall'> = {
  isOwn: true,
  start: 'new',
  stops: ['close', 'destroy'],
  work: ['dispatch'],
  isOpen: (each) =>
    each.destroyed !== true && (globalThis as Record<symbol, unknown>)[globalDispatcher] !== each,
}

export const library: Library = {
  majors: { undici: [6, 7] },
  engines: {
    'undici.Agent': {
      ...dispatcher,
      files: files('agent'),
      class: 'Agent',
      stopCall: 'await agent.close()',
      forcedCall: 'await agent.destroy()',
    },
    'undici.Pool': {
      ...dispatcher,
      files: files('pool'),
      class: 'Pool',
      stopCall: 'await pool.close()',
      forcedCall: 'await pool.destroy()',
      detail: originOf,
    },
    'undici.Client': {
      ...dispatcher,
      files: files('client'),
      class: 'Client',
      stopCall: 'await client.close()',
      forcedCall: 'await client.destroy()',
      detail: originOf,
    },
    'undici.Request': {
      files: [],
      class: '',
      isLender: true,
      start: '',
      stops: [],
      stopCall: '',
      lease: {
        name: 'undici.BodyReadable',
        take: 'request',
        takers: ['undici/lib/api/api-request.js#request'],
        // The same function for promises, and the one that finds the dispatcher.
        depth: 8,
        inside: [],
        ask: { callback: 1, lease: 1, item: 'body' },
        returned: { by: [], lease: 0 },
        // An older version has the one, a newer one the other.
        ends: ['_destroy', 'destroy'],
        stop: 'dump',
        stopCall: 'await body.dump()',
        isFull: () => false,
        isOut: isUnread,
      },
    },
  },
}

/** Nobody has begun to read it, and there is more of it than fits into the memory: its socket waits. */
function isUnread(body: object): boolean {
  const { destroyed, readableFlowing, readableDidRead, _readableState } = body as Unread
  return !destroyed && readableFlowing === null && !readableDidRead && _readableState?.ended === false
}

interface Unread {
  destroyed: boolean
  readableFlowing: boolean | null
  readableDidRead: boolean
  _readableState?: { ended?: boolean }
}

function originOf(each: object): Record<string, string | number | boolean> {
  const key = Object.getOwnPropertySymbols(each).find(({ description }) => description === 'url')
  const url = key === undefined ? undefined : (each as Record<symbol, unknown>)[key]
  return factsOf({ origin: url instanceof URL ? url.origin : undefined }, ['origin'])
}
