import type { Lease, Library, LibraryEngine } from './library.ts'

/** Of a collection. The server keeps it from the first batch to the last. */
const cursor: Omit<Lease, 'name' | 'take'> = {
  inside: [],
  ask: { promise: null },
  lender: ({ client }) => client,
  returned: { by: [], lease: 0 },
  ends: ['close'],
  stop: 'close',
  stopCall: 'await cursor.close()',
  // It has no id until the first batch has come, and 0 after the last.
  isOut: ({ id, closed }) => closed !== true && isId(id),
  isOver: ({ id, closed }) => closed === true || ((id ?? null) !== null && !isId(id)),
}

function isId(id: unknown): boolean {
  const { low = 0, high = 0 } = (id as { low?: number; high?: number } | null | undefined) ?? {}
  return low !== 0 || high !== 0
}

/** Of a client, a database or a collection. It asks for changes again and again. */
const changes: Lease = {
  ...cursor,
  name: 'mongodb.ChangeStream',
  take: 'watch',
  stopCall: 'await changeStream.close()',
  isOut: ({ closed }) => closed !== true,
  isOver: ({ closed }) => closed === true,
}

const lender: Omit<LibraryEngine, 'files' | 'class'> = { isLender: true, start: '', stops: [], stopCall: '' }

export const library: Library = {
  majors: { mongodb: [6, 7] },
  engines: {
    'mongodb.MongoClient': {
      files: ['mongodb/lib/mongo_client.js'],
      class: 'MongoClient',
      start: 'connect',
      stops: ['close'],
      stopCall: 'await client.close()',
      lease: [
        {
          name: 'mongodb.ClientSession',
          take: 'startSession',
          inside: [],
          ask: { promise: null },
          returned: { by: [], lease: 0 },
          ends: ['endSession'],
          stop: 'endSession',
          stopCall: 'await session.endSession()',
          isOut: ({ hasEnded }) => hasEnded !== true,
        },
        { ...changes, lender: (client) => client },
      ],
    },
    'mongodb.Collection': {
      ...lender,
      files: ['mongodb/lib/collection.js'],
      class: 'Collection',
      lease: [
        { ...cursor, name: 'mongodb.FindCursor', take: 'find' },
        { ...cursor, name: 'mongodb.AggregationCursor', take: 'aggregate' },
        changes,
      ],
    },
    'mongodb.Db': { ...lender, files: ['mongodb/lib/db.js'], class: 'Db', lease: changes },
  },
}
