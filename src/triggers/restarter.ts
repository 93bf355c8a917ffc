/** Who restarts this process with SIGUSR2, and waits for its death: nodemon. Loaded once this process has begun. */

import { readFileSync } from 'node:fs'

interface Ancestor {
  parent: number
  argv: readonly string[]
}

/** There are never that many; a loop ends all the same. */
const furthest = 32
const patienceMs = 1000

/** The signal by which nodemon restarts what it has started, if `parent` or a process above it is nodemon. */
export function restartSignalOf(parent: number): string | null {
  let pid = parent
  for (let distance = 0; distance < furthest && pid > 1; distance += 1) {
    const ancestor = look(pid)
    if (ancestor === null) return null
    if (isNodemon(ancestor.argv)) return signalOf(ancestor.argv)
    pid = ancestor.parent
  }
  return null
}

function isNodemon(argv: readonly string[]): boolean {
  return argv.slice(0, 4).some((each) => /(?:^|[\\/])nodemon(?:\.js)?$/.test(each))
}

/** `nodemon --signal SIGTERM` restarts with another. */
function signalOf(argv: readonly string[]): string {
  const at = argv.findIndex((each) => each === '--signal' || each === '-s')
  return (at < 0 ? undefined : argv[at + 1]) ?? 'SIGUSR2'
}

function look(pid: number): Ancestor | null {
  try {
    if (process.platform !== 'linux') return ask(pid)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return { parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), argv }
  } catch {
    return null
  }
}

function ask(pid: number): Ancestor {
  // It loads many modules of Node's.
  const { execFileSync } = require('node:child_process') as typeof import('node:child_process')
  const text = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], {
    encoding: 'utf8',
    timeout: patienceMs,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [parent, ...argv] = text.trim().split(/\s+/)
  return { parent: Number(parent), argv }
}
