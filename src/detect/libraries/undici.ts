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
  },
}

function originOf(each: object): Record<string, string | number | boolean> {
  const key = Object.getOwnPropertySymbols(each).find(({ description }) => description === 'url')
  const url = key === undefined ? undefined : (each as Record<symbol, unknown>)[key]
  return factsOf({ origin: url instanceof URL ? url.origin : undefined }, ['origin'])
}
