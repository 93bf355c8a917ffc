/** What leakwatch knows of one async type, read from the handle's own state: right even at a synchronous exit. */
import type { Facts } from '../records/engine-record.ts'
import { ownerOf } from './hidden-symbols.ts'
import { state } from './state.ts'

export interface HandleType {
  /** As async_hooks calls it: `Timeout`. */
  readonly type: string
  /** What users call it: `setInterval`. */
  name(resource: object): string
  /** What users write to end it: `clearInterval(interval)`. */
  stopCall(resource: object): string
  /** What tells it from others: address, path, delay. */
  detail(resource: object): Facts
  /** The object that users have in hand: the `net.Socket` of a `TCPWRAP`. */
  owner(resource: object): object | null

  /** Open, not closing, not cleared, not just fired. */
  isAlive(resource: object): boolean
  /** Not open yet: a socket that was made and is not connected. */
  mayOpen(resource: object): boolean
  /** Told to close, and alive until the event loop has turned; asked of what is alive. */
  isClosing(resource: object): boolean
  /** Milliseconds until it ends by itself; `null`: it does not. */
  dueMs(resource: object): number | null
  /** It may be one of a chain: a one-shot timer, a client's socket. */
  isLink(resource: object): boolean
  /** What it calls when it ends by itself; `null` for all but one-shot timers. */
  callback(resource: object): unknown

  /** Whether it keeps the process alive, as far as its own flag tells. */
  isReferenced(resource: object): boolean
  /** `unref()` says that it need not be ended. Where there is no such thing, whatever is left open is a leak. */
  readonly canBeUnreferenced: boolean

  /** Of Node's own making, or stdio. */
  isInternal(resource: object): boolean
  /** The process's standard input. It is nobody's to close, and keeps the process alive while it is read. */
  isStdin(resource: object): boolean
  /** Whose it is when it is announced; `unsure`: the stack tells. */
  origin(resource: object): 'program' | 'internal' | 'unsure'
  /** It stands in for a handle that was announced before and is used again. */
  isStandIn(resource: object): boolean
  /** The same object may have been announced before. */
  mayComeAgain(resource: object): boolean

  /**
   * How many there are of it, which decides how many get a stack of their own: `few`, all of them; `some` and `many`, as many as
   * the budget allows, which keeps a part for `some`.
   */
  frequency(resource: object): 'few' | 'some' | 'many'
  /** Announced once the thread pool has opened it, when no code is on the stack. */
  readonly isLate: boolean

  /** A server may have accepted it. */
  readonly mayBeAccepted: boolean
  /** The server that accepted it. */
  server(resource: object): object | null
  /** The socket underneath, where both are one to users: an HTTP/2 session's. */
  runsOn(resource: object): object | null
  /** Its descriptor is that of a file, whose path only the system knows. */
  readonly isFile: boolean
}

const no = (): false => false
const nothing = (): null => null

/** What is true of most types. */
const usual = {
  detail: factsOf,
  owner: ownerOf,
  mayOpen: no,
  isClosing: no,
  dueMs: nothing,
  isLink: no,
  callback: nothing,
  isReferenced,
  canBeUnreferenced: true,
  isInternal: no,
  isStdin: no,
  origin: (): 'program' => 'program',
  isStandIn: no,
  mayComeAgain: no,
  frequency: (): 'few' => 'few',
  isLate: false,
  mayBeAccepted: false,
  server: nothing,
  runsOn: nothing,
  isFile: false,
} as const satisfies Partial<HandleType>

type Peculiar = 'type' | 'name' | 'stopCall' | 'isAlive'

/** A type, given by where it differs from most. All have one shape, so that V8 finds what is asked of them at one place. */
export function handleType(differences: Pick<HandleType, Peculiar> & Partial<HandleType>): HandleType {
  return { ...usual, ...differences }
}

/** Notes what was learned about a handle when it opened; it keeps no trace of that itself. */
export function noteFacts(resource: object, facts: Facts): void {
  state.facts.set(resource, { ...state.facts.get(resource), ...facts })
}

export function factsOf(resource: object): Facts {
  return state.facts.get(resource) ?? {}
}

/** Notes that `resource` was told to close, where it keeps no trace of that itself. */
export function noteClosing(resource: object): void {
  state.toldToClose.add(resource)
}

/** Notes that Node made this server for itself. */
export function noteOfNode(server: object): void {
  state.ofNode.add(server)
}

export function wasToldToClose(resource: object): boolean {
  return state.toldToClose.has(resource)
}

/** `undefined` once closed, in every wrap of libuv's. */
export function refFlag(resource: object): boolean | undefined {
  const { hasRef } = resource as { hasRef?: () => unknown }
  if (typeof hasRef !== 'function') return undefined
  const flag = hasRef.call(resource)
  return typeof flag === 'boolean' ? flag : undefined
}

export function isReferenced(resource: object): boolean {
  return refFlag(resource) === true
}
