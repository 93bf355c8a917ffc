/** What a finding says: one sentence tells what happened and since when, one tells what to write and where. */
import type { Kind, Severity, Site } from '../schema/report.ts'
import { type Phrases, wordsOf } from './kinds/words.ts'
import { type Left, leftCalls, leftNames } from './left-text.ts'
import { usersCall } from './users-call.ts'

export interface Subject {
  kind: Kind
  severity: Severity
  /** `OrderEngine`, `setInterval`. */
  name: string
  count: number
  ageMs: number
  /** How long ago its stop was called. */
  stopAgeMs: number | null
  /** The process has ended right after its stop was called. */
  isCutOff: boolean
  /** Its stop threw or rejected. */
  stopFailed: boolean
  startVerb: string
  stopVerb: string
  /** What users write to end an orphan, or a library's engine: `clearInterval(interval)`; `null` for other engines. */
  stopCall: string | null
  /** What the program calls what is to be ended: `job`, `this.timer`; `null`: its text does not tell. */
  usersName: string | null
  /** Of its own, what started it again after it was stopped. */
  startedAgainBy: 'timer' | 'listener' | null
  /** What the close of a server waits for, and what ends that. */
  waitsFor: string | null
  /** The package that opened an orphan, and what the program called of a dependency; `null`: the program's own code opened it. */
  opener: { package: string; called: string | null; calledPackage: string | null } | null
  /** The class of the program's in whose method an orphan was opened; `clearedBy`: what clears it, `null` if nothing does. */
  openedIn: { className: string; method: string; clearedBy: string | null | undefined } | null
  /** What ends a library's engine where `stopCall` waits. */
  forcedCall: string | null
  /** It was taken, to be given back. */
  isLease: boolean
  /** Those who wait for what it lends. */
  callers: { count: number; ageMs: number } | null
  /** Names of what was taken from it and is out. */
  lent: readonly string[]
  /** Of the test runner, that started it: `beforeAll`. */
  hook: string | null
  /** Names of the engines that it left running, outermost first. */
  children: readonly string[]
  /** Those of them that no other has started. */
  leftEngines: readonly Left[]
  /** What the program's own code opened of the handles; `null`: a dependency, or nobody knows who, opened some of them. */
  leftHandles: readonly Left[] | null
  /** Names of the handles beside theirs. */
  handles: readonly string[]
  site: Site | null
  stoppedAt: readonly Site[]
  /** Where another of the class was stopped, which never ran, and where that was made. */
  strayStop: { at: Site; made: Site | null } | null
  final: boolean
}

/** `350 ms`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(1, Math.round(ms))} ms`
  const seconds = ms / 1000
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

const namesShown = 10

/** `2 setInterval, 1 net.Socket`. */
function countNames(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  const listed = [...counts].slice(0, namesShown).map(([name, count]) => `${count} ${name}`)
  const more = counts.size - listed.length
  return `${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** `message` and `fix` of a finding. Places are given by `show`, which knows how paths are printed. */
export function sentencesOf(
  subject: Subject,
  show: (site: Site) => string,
): { message: string; fix: string } {
  const words = wordsOf(subject.kind)
  const phrases = phrasesOf(subject, show)
  return { message: words.message(phrases), fix: words.fix(phrases) }
}

function phrasesOf(subject: Subject, show: (site: Site) => string): Phrases {
  const { name, count, ageMs, hook, startVerb, stopVerb, stoppedAt } = subject
  const isOne = count === 1
  const oldest = duration(ageMs)
  const place = subject.site === null ? null : show(subject.site)
  return {
    name,
    count,
    isOne,
    who: isOne ? name : `${count} ${name}`,
    age: isOne ? oldest : `up to ${oldest}`,
    oldest,
    stopAge: duration(subject.stopAgeMs ?? 0),
    isCutOff: subject.isCutOff,
    stopFailed: subject.stopFailed,
    isFinal: subject.final,
    left: countNames([...subject.children, ...subject.handles]) || 'something',
    hasOthers: subject.handles.some((each) => each !== name),
    stopCall: stopCallOf(name, stopVerb, subject.stopCall, subject.usersName),
    startedAgainBy: subject.startedAgainBy,
    waitsFor: subject.waitsFor,
    openedBy: subject.opener?.package ?? null,
    asked: askedOf(subject.opener),
    openedIn: subject.openedIn,
    leftEngines: subject.handles.length > 0 ? null : leftNames(subject.leftEngines, isOne, show),
    leftCalls: leftCallsOf(subject, show),
    stopMethod: stopMethodOf(subject),
    forcedCall: subject.forcedCall === null ? null : `\`${subject.forcedCall}\``,
    isLease: subject.isLease,
    callers: callersText(subject.callers),
    lent: lentText(subject.lent),
    isCore: Object.hasOwn(coreStops, name),
    orUsing: orUsing(stopVerb),
    startCall: `\`${startVerb}()\``,
    place,
    startedAt: place === null ? '' : ` (${subject.isLease ? 'taken' : 'started'} at ${place})`,
    strayStop: subject.strayStop === null ? null : strayStopOf(name, subject.strayStop, show),
    asElsewhere: stoppedAt[0] === undefined ? '' : `, as at ${show(stoppedAt[0])}`,
    endingHook: hook !== null && Object.hasOwn(endingHooks, hook) ? (endingHooks[hook] as string) : null,
  }
}

/** `another Feed was stopped at app.js:9, which was made at app.js:7 and never started`. */
function strayStopOf(
  name: string,
  stray: NonNullable<Subject['strayStop']>,
  show: (site: Site) => string,
): string {
  const made = stray.made === null ? 'which was' : `which was made at ${show(stray.made)} and`
  return `another ${name} was stopped at ${show(stray.at)}, ${made} never started`
}

/** `12 callers have waited for up to 11 s` */
function callersText(callers: Subject['callers']): string {
  if (callers === null) return 'callers have waited'
  const { count, ageMs } = callers
  return count === 1
    ? `a caller has waited for ${duration(ageMs)}`
    : `${count} callers have waited for up to ${duration(ageMs)}`
}

/** `4 pg.PoolClient are` */
function lentText(names: readonly string[]): string | null {
  return names.length === 0 ? null : `${countNames(names)} ${names.length === 1 ? 'is' : 'are'}`
}

/** `` `new Redis()` of ioredis ``, or the package alone. */
function askedOf(opener: Subject['opener']): string {
  if (opener === null) return ''
  const { called, calledPackage } = opener
  return called === null ? (calledPackage ?? opener.package) : `\`${called}\` of ${calledPackage}`
}

/** `` `Repo.stop()` ``: where a call is to be added. */
function stopMethodOf({ name, stopVerb, stopCall, usersName }: Subject): string {
  const isMethod =
    stopCall === null && !Object.hasOwn(coreStops, name) && /^[\w$]+ [\w$]+$/.test(`${name} ${stopVerb}`)
  return isMethod ? `\`${name}.${stopVerb}()\`` : stopCallOf(name, stopVerb, stopCall, usersName)
}

/** Each of what was left, where it was made, and the call that ends it. */
function leftCallsOf(subject: Subject, show: (site: Site) => string): string | null {
  const { leftEngines, leftHandles, handles, count } = subject
  const isOne = count === 1
  const all = leftHandles === null ? null : leftCalls([...leftEngines, ...leftHandles], isOne, show, '')
  return all ?? leftCalls(leftEngines, isOne, show, countNames(handles))
}

/** As code. `stopCall`: what users write, where that is known. `object`: what the program calls it. */
export function stopCallOf(
  name: string,
  stopVerb: string,
  stopCall: string | null,
  object: string | null,
): string {
  const known = stopCall ?? (Object.hasOwn(coreStops, name) ? (coreStops[name] as string) : null)
  if (known !== null) return `\`${usersCall(known, object)}\``
  if (stopVerb.startsWith('[')) return `\`${object ?? 'engine'}${stopVerb}()\``
  return `\`${object === null ? '' : `${object}.`}${stopVerb}()\``
}

/** What is said of a finding that is over. */
export function resolvedMessage(kind: Kind, name: string): string {
  return wordsOf(kind).resolved?.(name) ?? `${name} is no longer ${kind}`
}

/** Each hook of a test runner that starts something, and the one that stops it. */
const endingHooks: Readonly<Record<string, string>> = {
  beforeAll: 'afterAll',
  before: 'after',
  beforeEach: 'afterEach',
}

/** How Node's own engines are stopped, by their names. */
const coreStops: Readonly<Record<string, string>> = {
  'http.Server': 'server.close()',
  'https.Server': 'server.close()',
  'http2.Server': 'server.close()',
  'net.Server': 'server.close()',
  'tls.Server': 'server.close()',
  'dgram.Socket': 'socket.close()',
  'worker_threads.Worker': 'await worker.terminate()',
  'child_process.ChildProcess': 'child.kill()',
  'fs.FSWatcher': 'watcher.close()',
  'fs.StatWatcher': 'fs.unwatchFile(path)',
  'readline.Interface': 'rl.close()',
  'http.Agent': 'agent.destroy()',
  'https.Agent': 'agent.destroy()',
}

/** `using` throws on an object that lacks the symbol. */
function orUsing(stopVerb: string): string {
  if (stopVerb === '[Symbol.asyncDispose]') return ', or `await using` it'
  return stopVerb === '[Symbol.dispose]' ? ', or `using` it' : ''
}
