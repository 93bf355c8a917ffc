import { inserted } from './hook-name.ts'

/** Start verbs that programs call for each item: a second call with an argument does not mean that the first is over. */
const itemVerbs = ['run', 'subscribe', 'watch'] as const
const laterItemVerbs = [
  'mount',
  'activate',
  'enable',
  'attach',
  'register',
  'join',
  'serve',
  'spawn',
  'schedule',
  'observe',
  'poll',
  'monitor',
] as const

export const verbsOfItems: ReadonlySet<string> = new Set([...itemVerbs, ...laterItemVerbs])

/** The method names by which an engine of the program's own code is recognised. Of several that a class has, the first is told. */
export const startVerbs: string[] = [
  'start',
  'listen',
  'open',
  'connect',
  'launch',
  ...itemVerbs,
  'boot',
  'bootstrap',
  'init',
  'initialize',
  'initialise',
  'setup',
  ...laterItemVerbs,
  'up',
  'onModuleInit',
  'onApplicationBootstrap',
  'onInit',
]

export const stopVerbs: string[] = [
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
  'cleanup',
  'gracefulShutdown',
  'unmount',
  'deactivate',
  'disable',
  'detach',
  'unregister',
  'deregister',
  'leave',
  'down',
  'onModuleDestroy',
  'onApplicationShutdown',
  'beforeApplicationShutdown',
  'onDestroy',
  'cancel',
  'abort',
  'drain',
  'clear',
  'release',
]

/** They end what is there at the moment as often as the engine: `cache.clear()`. */
export const passingVerbs: ReadonlySet<string> = new Set(['cancel', 'abort', 'drain', 'clear', 'release'])

/** What a method calls that ends something. */
const ending =
  /\bclear(?:Timeout|Interval|Immediate)\b|\.\s*(?:abort|cancel|close|destroy|disconnect|end|kill|off|release|remove\w*Listeners?|shutdown|stop|terminate|unref|unsubscribe|unwatch|\w*[dD]ispose)\s*\(|\bthis\s*\.\s*#?\w+\s*\(|\bsuper\s*\./

/** The same in a method that may as well end nothing: `this.emit('clear')`, `super.clear()` and `bus.off()` end no handle. */
const surelyEnding =
  /\bclear(?:Timeout|Interval|Immediate)\b|\.\s*#?_?(?:abort|cancel|close|destroy|disconnect|end|kill|release|shutdown|stop|tear[dD]own|terminate|unsubscribe|unwatch|\w*[dD]ispose|clear\w*(?:Interval|Time)\w*)(?:[A-Z]\w*)?\s*\(/

/** Whether code calls something that may end a handle. */
export function endsSomething(text: string): boolean {
  return ending.test(text)
}

const superCall = /\bsuper\s*\.\s*\w+\s*\(/g

/** Whether a method that is a stop verb by its name is one: `clear() { this.#entries = [] }` ends nothing. `text`: of the method. */
export function mayEnd(name: string, text: () => string): boolean {
  // What the base's method ends is seen in its own text.
  return !passingVerbs.has(name) || surelyEnding.test(text().replace(superCall, ''))
}

/** Start verbs each of whose calls adds one, with an argument or without. */
const addingVerbs: ReadonlySet<string> = new Set(['spawn', 'schedule'])

export function isAddingVerb(name: string): boolean {
  return addingVerbs.has(name)
}

/** Stop verbs whose argument, whatever it is, tells what of several is ended: `unregister(listener)`, `cancel({ id })`. */
const itemStops: ReadonlySet<string> = new Set([
  'unsubscribe',
  'unwatch',
  'unmount',
  'detach',
  'unregister',
  'deregister',
  'leave',
  'cancel',
  'clear',
  'release',
])

export function isItemStop(name: string): boolean {
  return itemStops.has(name)
}

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

/** Those that the settings name are told before all others. */
export function addVerbs(verbs: {
  readonly start: readonly string[]
  readonly stop: readonly string[]
}): void {
  for (const [names, list, known] of [
    [verbs.start, startVerbs, starts],
    [verbs.stop, stopVerbs, stops],
  ] as const) {
    const added = names.filter((name) => !isVerb(name))
    list.unshift(...added)
    for (const name of added) known.add(name)
  }
}

export function isTakeVerb(name: string): boolean {
  return takeVerbs.includes(name)
}

/** Of either kind. */
export function isVerb(name: string): boolean {
  return starts.has(name) || stops.has(name)
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

if (inserted.verbs !== '') addVerbs(JSON.parse(inserted.verbs))
