/**
 * Verbs followed by a capital: `startPolling` and `stopPolling`, `connectAsync` and `disconnectAsync`. By itself such a name says little:
 * `closeMenu` ends no `start`. So it counts by what else the class has.
 */
import { isAddingVerb, isItemStop, isStartVerb, isStopVerb, stopVerbs, verbsOfItems } from './verbs.ts'

export type Role = 'start' | 'stop'

/** What names do that are a verb with something behind it. */
export type Families = ReadonlyMap<string, Role>

export const noFamilies: Families = new Map()

interface Family {
  readonly role: Role
  readonly verb: string
  readonly rest: string
}

/** What a stop that ends all of it may be called beside. */
const wholes: ReadonlySet<string> = new Set([
  'All',
  'Async',
  'Connection',
  'Connections',
  'Everything',
  'Gracefully',
  'Now',
  'Safely',
  'Server',
  'Service',
  'Services',
  'Sync',
])

/** What ends what a verb has begun, the nearest first. */
const counterparts: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    start: ['stop'],
    listen: ['close'],
    open: ['close'],
    connect: ['disconnect', 'close', 'end'],
    launch: ['close', 'terminate', 'kill'],
    run: ['stop', 'cancel'],
    boot: ['shutdown'],
    bootstrap: ['shutdown'],
    init: ['destroy', 'dispose', 'shutdown', 'teardown', 'cleanup'],
    initialize: ['destroy', 'dispose', 'shutdown', 'teardown', 'cleanup'],
    initialise: ['destroy', 'dispose', 'shutdown', 'teardown', 'cleanup'],
    subscribe: ['unsubscribe'],
    watch: ['unwatch', 'close'],
    setup: ['teardown', 'cleanup'],
    mount: ['unmount'],
    activate: ['deactivate'],
    enable: ['disable'],
    attach: ['detach'],
    register: ['unregister', 'deregister'],
    join: ['leave'],
    spawn: ['kill', 'terminate'],
    schedule: ['cancel', 'stop', 'clear'],
    observe: ['disconnect', 'stop'],
    poll: ['stop', 'cancel'],
    monitor: ['stop'],
    up: ['down'],
    onModuleInit: ['onModuleDestroy'],
    onApplicationBootstrap: ['onApplicationShutdown', 'beforeApplicationShutdown', 'onModuleDestroy'],
    onInit: ['onDestroy'],
  }),
)

/** By the names of methods that were asked for. */
const known = new Map<string, Family | null>()

/** `null`: it is no verb with something behind it. */
function familyOf(name: string): Family | null {
  let family = known.get(name)
  if (family === undefined) {
    family = familyIn(name)
    known.set(name, family)
  }
  return family
}

function familyIn(name: string): Family | null {
  let at = 2
  for (; at < name.length; at += 1) {
    const code = name.charCodeAt(at)
    if (code >= 0x41 && code <= 0x5a) break
  }
  if (at >= name.length) return null
  const verb = name.slice(0, at)
  const role = isStartVerb(verb) ? 'start' : isStopVerb(verb) ? 'stop' : null
  return role === null ? null : { role, verb, rest: name.slice(at) }
}

/** Whether a name is a verb by itself, or may be one beside others. */
export function mayBeVerb(name: string): boolean {
  return isStartVerb(name) || isStopVerb(name) || familyOf(name) !== null
}

/**
 * What those of `names` do that are a verb with something behind it: where a class has a verb of its own to start and to stop, none of them is one. `isPart`:
 * other names may be known only later, as of the class that this one extends.
 */
export function familiesAmong(names: readonly string[], isPart = false): Families {
  const families = names.flatMap((name) => {
    const family = isStartVerb(name) || isStopVerb(name) ? null : familyOf(name)
    return family === null ? [] : [{ name, ...family }]
  })
  if (families.length === 0) return noFamilies
  const roles = new Map<string, Role>()
  const hasStart = names.some(isStartVerb)
  const hasStop = names.some((name) => isStopVerb(name) && !name.startsWith('['))
  if (hasStart && hasStop) return noFamilies
  for (const { name, role, verb, rest } of families) {
    const isPaired = families.some((other) => other.role !== role && other.rest === rest)
    const isWhole = role === 'start' ? hasStop : hasStart && (wholes.has(rest) || isCounterpart(verb, names))
    if (isPaired || isWhole || isPart) roles.set(name, role)
  }
  return roles
}

function isCounterpart(stop: string, names: readonly string[]): boolean {
  return names.some((name) => counterparts.get(name)?.includes(stop))
}

/** Of a class's stop verbs that which ends what `start` has begun; `null`: it has none. */
export function stopAfter(start: string, names: readonly string[]): string | null {
  const family = isStartVerb(start) ? null : familyOf(start)
  const nearest = counterparts.get(family?.verb ?? start) ?? []
  if (family !== null) {
    const alike = names.filter(
      (name) => familyOf(name)?.role === 'stop' && familyOf(name)?.rest === family.rest,
    )
    const [first] = alike
    if (first !== undefined)
      return alike.find((name) => nearest.includes(familyOf(name)?.verb ?? '')) ?? first
  }
  return (
    nearest.find((verb) => names.includes(verb)) ??
    stopVerbs.find((verb) => names.includes(verb)) ??
    names.find((name) => familyOf(name)?.role === 'stop') ??
    null
  )
}

export function isAnyStart(name: string, families: Families): boolean {
  return isStartVerb(name) || families.get(name) === 'start'
}

export function isAnyStop(name: string, families: Families): boolean {
  return isStopVerb(name) || families.get(name) === 'stop'
}

/** Whether `name` could be meant by a stop that a start of `start` needs: a verb of its own, or of the same family. */
export function endsWhat(start: string, stop: string): boolean {
  if (isStopVerb(stop)) return true
  const [begun, ended] = [familyOf(start), familyOf(stop)]
  return (
    ended !== null &&
    (begun === null || isStartVerb(start) || begun.rest === ended.rest || wholes.has(ended.rest))
  )
}

/** Whether a further call of a start adds one, if it has an argument: `watch('a')`, `scheduleJob(job)`, but not `startPolling(interval)`. */
export function isOfItems(start: string): boolean {
  if (verbsOfItems.has(start)) return true
  const family = isStartVerb(start) ? null : familyOf(start)
  return (
    family !== null &&
    (verbsOfItems.has(family.verb) || !(wholes.has(family.rest) || /ing$/.test(family.rest)))
  )
}

/** Whether it does without one, too. */
export function isAdding(start: string): boolean {
  return isAddingVerb(start) || isAddingVerb(familyOf(start)?.verb ?? '')
}

/** Whether an argument of a stop names what of several is ended, where that may be a function or a plain object, too. */
export function endsItems(stop: string): boolean {
  return isItemStop(stop) || isItemStop(familyOf(stop)?.verb ?? '')
}
