/** How a library is described: one file a library, in this folder. Pure: it reads the library's objects and calls none of their methods. */

export type Facts = Record<string, string | number | boolean>

export interface Library {
  /** Its engines, by what reports call them: `pg.Pool`. */
  readonly engines: Readonly<Record<string, LibraryEngine>>
  /** The major versions whose files are as described here, by package: from and to. Another one is reported handle by handle. */
  readonly majors: Readonly<Record<string, readonly [number, number]>>
}

/** A class of a library. */
export interface LibraryEngine {
  /** The files that may define it, each as its package and the path in it: `pg/lib/client.js`. */
  readonly files: readonly string[]
  /** The name of the class, or of the constructor function, in these files. */
  readonly class: string
  /** Methods that tell the class where its name is another in each version: a file that was shortened. */
  readonly methods?: readonly string[]
  /** Where its instances begin, if that is in the constructor of a class that it extends: `file.js#Class`. */
  readonly bases?: readonly string[]
  /**
   * The functions, declared at the top of their files, that make it: `file.js#connect`. One gives the engine, or a promise of it. A function
   * without a name of its own is named by where it is exported: `file.js#module.exports`.
   */
  readonly factories?: readonly string[]
  /**
   * Functions that the factory calls, each in another file: methods of what they give open something on the engine's behalf.
   */
  readonly parts?: Readonly<Record<string, readonly string[]>>
  /** Functions that open something on behalf of the engine that they are given first: `file.js#serve`. */
  readonly servants?: readonly string[]
  /** It is taken from the engine that makes it, and ends with that at the latest. */
  readonly isLease?: true
  /** Only what others make is one: the library makes some for itself, and ends them. */
  readonly isOwn?: true
  /** `new`, the name of the factory, or the method that starts it. */
  readonly start: string
  /** The methods that stop it, the usual one first. */
  readonly stops: readonly string[]
  /** Methods that open something on its behalf, if they are called at most some times a second. */
  readonly work?: readonly string[]
  /** What the program's callbacks open in `work` is its own, too: the resources of a pool. */
  readonly keeps?: true
  /** Those of `work` that start it anew once it has ended. */
  readonly restarts?: readonly string[]
  /** Whether a call with these arguments stops it; each does where nothing is said. */
  isStop?(verb: string, args: readonly unknown[]): boolean
  /** What users write to stop it: `await pool.end()`. */
  readonly stopCall: string
  /** What ends it where `stopCall` waits: `client.destroy()`. */
  readonly forcedCall?: string
  /** Whether nobody has answered it, or does any more: `stopCall` would wait for that, and `forcedCall` is told. */
  isUnanswered?(engine: Readonly<Record<string, unknown>>): boolean
  /** Whether it has not ended, by its own state. What was stopped by a callback, or was ended by its peer, is told by this alone. */
  isOpen?(engine: Readonly<Record<string, unknown>>): boolean
  /** Whether it waits for nothing at the moment, and may again: nobody has to stop it then. */
  isIdle?(engine: Readonly<Record<string, unknown>>): boolean
  /** For so long after its stop it may hold what ends by itself; a second where nothing is said. */
  readonly lingersMs?: number
  /** Where it is connected to, what it is called. */
  detail?(engine: Readonly<Record<string, unknown>>): Facts
  readonly lease?: Lease | readonly Lease[]
  /** Of a lease: the object that lends it, where that is not at work as it begins. */
  lender?(engine: Readonly<Record<string, unknown>>): unknown
  /** It needs no stop, and is no engine: only what is taken from it is followed. Its `start` is empty. */
  readonly isLender?: true
  /** Of a lease: the library's functions by which the program takes one. What other functions take, the library gives back. */
  readonly takenBy?: readonly string[]
}

/** What is taken from an engine, and has to be given back. */
export interface Lease {
  /** `pg.PoolClient` */
  readonly name: string
  /** The method that takes one. */
  readonly take: string
  /** Functions, declared at the top of their files, that take one instead: `file.js#lock`. Their engine is a lender without a class. */
  readonly takers?: readonly string[]
  /** How many calls of the library's own stand between the program and that one, at most; 1: none. */
  readonly depth?: number
  /** Methods that take one for themselves, in the same turn, and give it back. */
  readonly inside: readonly string[]
  /** How the engine remembers who asks. */
  readonly ask: AskByObject | AskByCallback | AskByResult
  /** The methods of the engine that take it back; which of their arguments it is; `null`: they take back the oldest. */
  readonly returned: { readonly by: readonly string[]; readonly lease: number | null }
  /** Methods of the lease that give it back. */
  readonly ends?: readonly string[]
  /** The method that makes functions of which a call gives back what they are: a lock is its own release. */
  readonly releasers?: string
  /** The functions that make such functions, or, with a dot, such a function as it is assigned: `file.js#toPromise`, `file.js#sql.release`. */
  readonly releases?: readonly string[]
  /** Functions that end one by a name of its own: from then on nobody can tell what is out. */
  readonly losers?: readonly string[]
  /** The lease's own method that gives it back, and what users write. */
  readonly stop: string
  readonly stopCall: string
  /** The engine that lends it, where what it is taken from is a part of that. */
  lender?(part: Readonly<Record<string, unknown>>): unknown
  /** Whether it has not been given back in another way: by being destroyed. */
  isOut?(lease: Readonly<Record<string, unknown>>): boolean
  /** Whether it will not be out any more. Not said: what is not out, is not. */
  isOver?(lease: Readonly<Record<string, unknown>>): boolean
  /** Whether whoever asks now has to wait. */
  isFull?(engine: Readonly<Record<string, unknown>>): boolean
  /** After how many milliseconds the engine turns away whoever waits; `null`: never. */
  limitMs?(engine: Readonly<Record<string, unknown>>): number | null
}

/**
 * An object stands for who asks: the last in the list `queue` once `take` has returned, or what was given to the method `handedTo`
 * meanwhile. The method `givenBy` gives one out: which of its arguments are the lease, and the ask.
 */
export interface AskByObject {
  readonly queue: string
  readonly handedTo: string
  readonly givenBy: string
  readonly lease: number
  readonly ask: number
}

/**
 * `take` is given a callback, as its argument of this number; which of the callback's arguments is the lease. `item`: the lease is that
 * argument's property of this name.
 */
export interface AskByCallback {
  readonly callback: number
  readonly lease: number
  readonly item?: string
}

/**
 * `take` gives the lease, or a promise of it. `promise`: it gives an object that has the promise as its property of this name; `item`: the lease
 * is this one of a list, or this property of what is given.
 */
export interface AskByResult {
  readonly promise: string | null
  readonly item?: number | string
}

/** The values of these names that are texts, numbers or booleans. */
export function factsOf(object: unknown, names: readonly string[]): Facts {
  const facts: Facts = {}
  if (typeof object !== 'object' || object === null) return facts
  for (const name of names) {
    const value = Object.getOwnPropertyDescriptor(object, name)?.value
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      facts[name] = value
  }
  return facts
}

/** A limit in milliseconds that the options of a pool name; `null`: none, or 0. */
export function limitIn(options: unknown, name: string): number | null {
  const limit = factsOf(options, [name])[name]
  return typeof limit === 'number' && limit > 0 && Number.isFinite(limit) ? limit : null
}

/** How many are in a list; 0: it is none. */
export function lengthOf(list: unknown): number {
  const length: unknown = (list as { length?: unknown } | null | undefined)?.length
  return typeof length === 'number' ? length : 0
}
