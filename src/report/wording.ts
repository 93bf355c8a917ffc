/** What a finding says: one sentence of what and since when, one of what to write and where. */
import type { Severity, Site, Verdict } from './report.ts'

export interface Subject {
  kind: Verdict
  severity: Severity
  /** `OrderEngine`, `setInterval`. */
  name: string
  count: number
  ageMs: number
  /** How long ago its stop was called. */
  stopAgeMs: number | null
  /** Its stop threw or rejected. */
  stopFailed: boolean
  startVerb: string
  stopVerb: string
  /** Of the test runner, that started it: `beforeAll`. */
  hook: string | null
  /** Names of the engines that it left running, outermost first. */
  children: readonly string[]
  /** Names of the handles beside theirs. */
  handles: readonly string[]
  site: Site | null
  stoppedAt: readonly Site[]
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

/** `2 setInterval, 1 net.Socket`. */
function countNames(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
}

export function messageOf(subject: Subject): string {
  const { kind, name, count, ageMs, stopAgeMs, final } = subject
  const who = count === 1 ? name : `${count} ${name}`
  const one = count === 1
  const age = duration(ageMs)
  const stopAge = duration(stopAgeMs ?? 0)
  switch (kind) {
    case 'never-stopped':
      if (!final) return `${who} ${one ? 'has' : 'have'} been running for ${one ? age : `up to ${age}`}`
      return `${who} ${one ? 'was' : 'were'} started ${one ? age : `up to ${age}`} ago and never stopped`
    case 'stop-incomplete':
      if (subject.stopFailed) {
        return `${who}: ${one ? 'its' : 'their'} stop threw ${stopAge} ago and left ${leftBehind(subject)} behind`
      }
      return `${who} ${one ? 'was' : 'were'} stopped ${stopAge} ago, but left ${leftBehind(subject)} behind`
    case 'stop-pending':
      return `${who}: ${one ? 'its' : 'their'} stop was called ${stopAge} ago and has not finished`
    case 'start-failed':
      return `${who}: ${one ? 'its' : 'their'} start threw ${age} ago and left ${leftBehind(subject)} behind`
    case 'restarted':
      return `${who} ${one ? 'was' : 'were'} started again while running; what the earlier start opened is still there`
    case 'abandoned':
      return `${who} ${one ? 'was' : 'were'} garbage-collected while running: nothing can stop ${one ? 'it' : 'them'} any more`
    case 'overdue':
      return `${who} ${one ? 'has' : 'have'} been running for ${one ? age : `up to ${age}`}, over 10 times as long as others started here`
    case 'growing':
      return `${count} ${name} ${one ? 'runs' : 'run'} now, started up to ${age} ago, and more at each check`
    case 'orphan':
      return `${who} of ${age} ago ${one ? 'is' : 'are'} still there, and ${one ? 'belongs' : 'belong'} to no engine`
  }
}

/** Of a finding that is over. */
export function resolvedMessage(kind: Verdict, name: string): string {
  switch (kind) {
    case 'abandoned':
      return `${name}: what was held after it was garbage-collected is gone`
    case 'stop-pending':
      return `${name}: its stop has finished`
    default:
      return `${name} is no longer ${kind}`
  }
}

function leftBehind({ handles, children }: Subject): string {
  return countNames([...children, ...handles]) || 'something'
}

/** What a hook of a test runner starts, its counterpart stops. */
const endingHooks: Readonly<Record<string, string>> = {
  beforeAll: 'afterAll',
  before: 'after',
  beforeEach: 'afterEach',
}

/** What to write. Places are given by `show`, which knows how paths are printed. */
export function fixOf(subject: Subject, show: (site: Site) => string): string {
  const { kind, name, stopVerb, startVerb, site, stoppedAt } = subject
  const at = site === null ? '' : ` (started at ${show(site)})`
  const elsewhere = stoppedAt[0] === undefined ? '' : `, as at ${show(stoppedAt[0])}`
  const call = stopCall(name, stopVerb)
  switch (kind) {
    case 'never-stopped':
    case 'overdue':
    case 'growing':
      if (subject.hook !== null && subject.hook in endingHooks)
        return `Call ${call} in an \`${endingHooks[subject.hook]}\`${at}.`
      if (name in coreStops) return `Call ${call} when it is no longer needed${at}${elsewhere}.`
      return `Stop it on every path${elsewhere}: call ${call} in a \`finally\`${orUsing(stopVerb)}${at}.`
    case 'stop-incomplete':
      if (subject.stopFailed) {
        return `Let ${call} end the rest where a step of it throws, in a \`finally\`: ${leftBehind(subject)}.`
      }
      return `Let ${call} also end what ${name} started: ${leftBehind(subject)}.`
    case 'stop-pending':
      return `Find what ${call} waits for, and give it a time limit${at}.`
    case 'start-failed':
      return `Let \`${startVerb}()\` undo what it opened before it throws: a \`try\`/\`catch\` that calls ${call}${at}.`
    case 'restarted':
      return `Call ${call} before \`${startVerb}()\` is called again, or let a second \`${startVerb}()\` return early${at}.`
    case 'abandoned':
      return `Keep a reference to it and call ${call}${orUsing(stopVerb)}${at}.`
    case 'orphan':
      return `Call ${call} when it is no longer needed${site === null ? '' : ` (created at ${show(site)})`}.`
  }
}

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
  setInterval: 'clearInterval(interval)',
  setTimeout: 'clearTimeout(timeout)',
  'net.Socket': 'socket.destroy()',
  'tls.TLSSocket': 'socket.destroy()',
  MessagePort: 'port.close()',
  BroadcastChannel: 'channel.close()',
  FileHandle: 'await fileHandle.close()',
  'http2.ClientHttp2Session': 'session.close()',
  'fs.Dir': 'await dir.close()',
  'tty.ReadStream': 'stream.destroy()',
  'tty.WriteStream': 'stream.destroy()',
}

function stopCall(name: string, stopVerb: string): string {
  const known = coreStops[name]
  if (known !== undefined) return `\`${known}\``
  return stopVerb.startsWith('[') ? `\`engine${stopVerb}()\`` : `\`${stopVerb}()\``
}

/** `using` throws on an object that lacks the symbol. */
function orUsing(stopVerb: string): string {
  if (stopVerb === '[Symbol.asyncDispose]') return ', or `await using` it'
  return stopVerb === '[Symbol.dispose]' ? ', or `using` it' : ''
}
