/**
 * A retry, a reconnect or a poll is a chain: each timer is made by the one before, and none is old. What begins in the callback of a
 * timer is marked with that timer's record, and so is what follows from it, but for what stays: a server, a connection. A timer with
 * such a mark and the same code is the next link, and has the age, the owner and the place of the first. Loaded with the first timer that
 * may be one.
 */
import { insertedText } from '../self/written-text.ts'
import { isInternal, type PlainFrame } from '../stacks/frames.ts'
import { callsMaker } from './calls-maker.ts'
import type { Chain, HandleRecord } from './handle-table.ts'
import type { HandleType } from './handle-type.ts'
import { isConnecting } from './socket-types.ts'
import { state } from './state.ts'

const { executionAsyncId } = process.getBuiltinModule('node:async_hooks')
/** A chain may have timers of several kinds in turn: one to try again, one to give up. */
const kindsInTurn = 4
const native = /\[native code\]\s*\}$/

/** Of what is no handle, and over soon, so many marks are known at least. */
const recentKept = 4096

/**
 * What begins in the callback of a marked async resource. By ids: `executionAsyncResource` would make each callback of the program
 * dearer, once it has been asked.
 */
function linkOf(asyncId: number): HandleRecord | null {
  return state.links.get(asyncId) ?? state.recentLinks.get(asyncId) ?? state.earlierLinks.get(asyncId) ?? null
}

function noteRecent(asyncId: number, link: HandleRecord): void {
  if (state.recentLinks.size >= recentKept) {
    state.earlierLinks = state.recentLinks
    state.recentLinks = new Map()
  }
  state.recentLinks.set(asyncId, link)
}

/** A timer that is set again has another id from then on. */
export function moveLink(from: number, to: number): void {
  const link = linkOf(to) ?? linkOf(from)
  state.links.delete(from)
  if (link !== null) state.links.set(to, link)
}

function chainOf(record: HandleRecord): Chain {
  record.chain ??= { links: 1, first: null, code: '', before: null, round: null }
  return record.chain
}

function endMark(asyncId: number): void {
  state.links.delete(asyncId)
  state.recentLinks.delete(asyncId)
  state.earlierLinks.delete(asyncId)
}

/** Called with all that begins, once there is any link. */
function carryLink(kind: HandleType | undefined, asyncId: number, resource: object): void {
  const link = linkOf(executionAsyncId())
  if (link !== null && (kind === undefined || kind.isLink(resource))) noteRecent(asyncId, link)
}

/** A timer or a socket has outlived the young period. */
export function joinChain(record: HandleRecord, resource: object): void {
  const { asyncId } = record
  const from = linkOf(asyncId)
  if (record.kind.mayBeAccepted) {
    if (from === null) return
    // What has come to something makes no retry in its callbacks.
    if (isConnecting(resource)) {
      state.links.set(asyncId, from)
      becomeLink(record, from)
    } else endMark(asyncId)
    return
  }
  state.carryLink = carryLink
  state.links.set(asyncId, record)
  const code = codeOf(resource)
  chainOf(record).code = code
  if (from === null) {
    if (code !== '') joinByCode(record, resource, code)
    else joinByPlace(record, resource)
    return
  }
  let turns = 1
  for (let link: HandleRecord | null = from; link !== null; link = link.chain?.before ?? null) {
    if (code !== '' && link.chain?.code === code && mayBeOfOne(link, record)) {
      becomeLink(record, link)
      chainOf(record).before = link.chain.before
      return
    }
    turns += 1
  }
  if (turns <= kindsInTurn) chainOf(record).before = from
}

function mayBeOfOne(one: HandleRecord, other: HandleRecord): boolean {
  return one.owner === other.owner || one.owner === null || other.owner === null
}

/** So many codes and places are known at a time. */
const codesLimit = 256
/** So soon after the timer before was due. */
const soonMs = 1000
/** How many of the innermost frames may be those of the loop. */
export const makersLooked = 3
const again = /(?:re)?(?:connect|try|attempt|again|schedule)\w*\s*\(/i

/**
 * Behind an `await` no mark tells. There it is the next link of a timer with the same code that has fired, where the code itself says that it
 * goes round: it calls the function that makes it, or tries again.
 */
function joinByCode(record: HandleRecord, resource: object, code: string): void {
  const before = latestOf(code)
  const dueAt = record.openedAt + (resource as { _idleTimeout: number })._idleTimeout
  noteLatest(code, { record, dueAt })
  if (before === undefined || !hasJustFired(before, record)) return
  if (again.test(code) || callsMaker(record.stack, code, '')) becomeLink(record, before.record)
}

/** A timer, and when it was due. */
interface Latest {
  record: HandleRecord
  dueAt: number
}

function latestOf(code: string): Latest | undefined {
  return state.byCode.get(code)
}

function noteLatest(code: string, latest: Latest): void {
  if (state.byCode.size >= codesLimit && !state.byCode.has(code)) state.byCode.clear()
  state.byCode.set(code, latest)
}

/** One at a time, and each as the one before has fired. */
function hasJustFired({ record, dueAt }: Latest, next: HandleRecord): boolean {
  const sinceMs = next.openedAt - dueAt
  if (!mayBeOfOne(record, next) || sinceMs < -1 || sinceMs > soonMs) return false
  const timer = record.deref()
  return timer === undefined || !record.kind.isAlive(timer)
}

/**
 * `await sleep(100)` in a loop: what the timer calls is Node's own, and tells nothing. It may be the next link of a timer that was made
 * at its place and has fired just before. Whether the code there is a loop is looked up once somebody asks: `becomeRound`.
 */
function joinByPlace(record: HandleRecord, resource: object): void {
  const frames = framesOf(record)
  const places = [placeOf(frames.slice(0, 2)), placeOf(frames.slice(0, 1))]
  const [latest] = places.flatMap((place) => (place === '' ? [] : (latestOf(place) ?? [])))
  const dueAt = record.openedAt + (resource as { _idleTimeout: number })._idleTimeout
  for (const place of places) if (place !== '') noteLatest(place, { record, dueAt })
  if (latest === undefined || !hasJustFired(latest, record)) return
  const before = latest.record
  const others = framesOf(before)
  const differs = frames.findIndex(
    (frame, index) => placeOf([frame]) !== placeOf(others.slice(index, index + 1)),
  )
  chainOf(record).round = {
    first: before.round?.first ?? before,
    links: (before.round?.links ?? 1) + 1,
    frames: Math.min(before.round?.frames ?? makersLooked, differs < 0 ? makersLooked : differs),
  }
}

/** The innermost frames that are of files. */
export function framesOf({ stack }: Pick<HandleRecord, 'stack'>): PlainFrame[] {
  const frames = stack?.frames.filter((frame) => frame.file !== null && !isInternal(frame)) ?? []
  return frames.slice(0, makersLooked)
}

function placeOf(frames: readonly PlainFrame[]): string {
  return frames.map(({ file, line, column }) => `${file}:${line}:${column}`).join(' ')
}

/** The code at its place goes round: it is one of a chain. */
export function becomeRound(record: HandleRecord): void {
  const { round } = record
  if (round === null || record.first !== null) return
  becomeLink(record, round.first)
  chainOf(record).links = round.links
}

/** It waits in a loop of an engine's, and is the first that does. */
export function beginRound(record: HandleRecord): void {
  chainOf(record).links = Math.max(chainOf(record).links, 2)
}

function becomeLink(record: HandleRecord, from: HandleRecord): void {
  const { openedAt, owner, start, stack, links } = from
  const chain = chainOf(record)
  chain.first = from.first ?? from
  record.openedAt = openedAt
  chain.links = links + 1
  record.stack = stack ?? record.stack
  if (owner === null) return
  record.owner = owner
  record.start = start
}

/** The text of what a timer calls; `''`: it is Node's own, and tells nothing. */
function codeOf(resource: object): string {
  const callback = (resource as { _onTimeout?: unknown })._onTimeout
  if (typeof callback !== 'function') return ''
  const text = insertedText(callback as () => unknown)
  return native.test(text) ? '' : text
}
