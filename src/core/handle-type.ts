/** What leakwatch knows of one async type, read from the handle's own state: right even at a synchronous exit. */
import type { Facts } from './engine-record.ts'

export interface HandleType {
  /** As async_hooks calls it: `Timeout`. */
  readonly type: string
  /** Open, not closing, not cleared, not just fired. */
  isAlive(resource: object): boolean
  /** Told to close, and alive until the event loop has turned; asked of what is alive. */
  isClosing?(resource: object): boolean
  /** Not open yet: a socket that was made and is not connected. */
  mayOpen(resource: object): boolean
  /** Whether it keeps the process alive, as far as its own flag tells. */
  isReferenced(resource: object): boolean
  /** What users call it: `setInterval`. */
  name(resource: object): string
  detail(resource: object): Facts
  /** Of Node's own making, or stdio. */
  isInternal(resource: object): boolean
  /** The object that users have in hand: the `net.Socket` of a `TCPWRAP`. */
  owner(resource: object): object | null
  /** The socket underneath, where both are one to users: an HTTP/2 session's. */
  runsOn?(resource: object): object | null
  /** The server that accepted a socket. */
  server?(resource: object): object | null
  /** Whose it is when it is announced; `unsure`: ask the stack. */
  origin?(resource: object): 'program' | 'internal' | 'unsure'
  /** Announced once the thread pool has opened it, when no code is on the stack. */
  readonly isLate?: true
}

const extraFacts = new WeakMap<object, Facts>()
const toldToClose = new WeakSet<object>()
const givenNames = new WeakMap<object, string>()

/** Remembers what was learned about a handle when it opened; it keeps no trace of that itself. */
export function noteFacts(resource: object, facts: Facts): void {
  extraFacts.set(resource, { ...extraFacts.get(resource), ...facts })
}

export function factsOf(resource: object): Facts {
  return extraFacts.get(resource) ?? {}
}

/** Remembers that `resource` was told to close, where it keeps no trace of that itself. */
export function noteClosing(resource: object): void {
  toldToClose.add(resource)
}

export const wasToldToClose = (resource: object): boolean => toldToClose.has(resource)

/** For types that users know under several names. */
export function nameHandle(resource: object, name: string): void {
  givenNames.set(resource, name)
}

export function givenName(resource: object): string | undefined {
  return givenNames.get(resource)
}

/** `undefined` once closed, in every wrap of libuv's. */
export function refFlag(resource: object): boolean | undefined {
  const { hasRef } = resource as { hasRef?: () => unknown }
  if (typeof hasRef !== 'function') return undefined
  const flag = hasRef.call(resource)
  return typeof flag === 'boolean' ? flag : undefined
}

export const isReferenced = (resource: object): boolean => refFlag(resource) === true

let ownerSymbol: symbol | null = null

/** Node keeps a wrap's owner under a symbol that is only known by its description. */
export function ownerOf(resource: object): object | null {
  if (ownerSymbol === null) {
    const found = Object.getOwnPropertySymbols(resource).find(
      ({ description }) => description === 'owner_symbol',
    )
    if (found === undefined) return null
    ownerSymbol = found
  }
  const owner = (resource as Record<symbol, unknown>)[ownerSymbol]
  return typeof owner === 'object' && owner !== null ? owner : null
}
