/** The method names by which an engine of the program's own code is recognised. */
export const startVerbs: readonly string[] = [
  'start',
  'listen',
  'open',
  'connect',
  'launch',
  'run',
  'boot',
  'bootstrap',
  'init',
  'initialize',
  'subscribe',
  'watch',
]

export const stopVerbs: readonly string[] = [
  'stop',
  'close',
  'shutdown',
  'disconnect',
  'destroy',
  'dispose',
  'terminate',
  'end',
  'quit',
  'unsubscribe',
  'unwatch',
  'teardown',
  'halt',
  'kill',
]

/** What takes something that has to be given back. */
export const takeVerbs: readonly string[] = [
  'acquire',
  'checkout',
  'borrow',
  'lock',
  'reserve',
  'take',
  'lease',
]
/** What takes it back, where it is given as the argument. */
export const returnVerbs: readonly string[] = ['release', 'checkin', 'giveBack', 'unlock']

/** `Symbol.dispose` and `Symbol.asyncDispose`, where this Node has them. */
export const stopSymbols: readonly symbol[] = [Symbol.dispose, Symbol.asyncDispose].filter(
  (symbol) => symbol !== undefined,
)

const starts = new Set(startVerbs)
const stops = new Set([...stopVerbs, '[Symbol.dispose]', '[Symbol.asyncDispose]'])

const verbs = new Set([...starts, ...stops])

export function isTakeVerb(name: string): boolean {
  return takeVerbs.includes(name)
}

/** Of either kind. */
export function isVerb(name: string): boolean {
  return verbs.has(name)
}

export function isStartVerb(name: string): boolean {
  return starts.has(name)
}

/** `[Symbol.dispose]` and `[Symbol.asyncDispose]` are given by these names. */
export function isStopVerb(name: string): boolean {
  return stops.has(name)
}

/** How a method is called in reports; `null` for symbols that are no stop. */
export function verbName(key: string | symbol): string | null {
  if (typeof key === 'string') return key
  if (!stopSymbols.includes(key)) return null
  // Their description is another on Node 20: `nodejs.dispose`.
  return key === Symbol.dispose ? '[Symbol.dispose]' : '[Symbol.asyncDispose]'
}
