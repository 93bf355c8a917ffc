/** why-is-node-running's own listing, as a second opinion. Loaded only where it is asked for: it costs a stack for every handle. */
import { dirname, relative, sep } from 'node:path'
import { recordFault } from '../core/self/faults.ts'

type WhyIsNodeRunning = (logger: { error: (line: string) => void }) => void

let list: WhyIsNodeRunning | null = null
/** Where its files are once it is built. */
const ownFolder = `${dirname(__dirname)}${sep}`

/** Has it watch from now on. */
export function askForSecondOpinion(): void {
  const loaded = require('why-is-node-running') as { default: WhyIsNodeRunning }
  list = loaded.default
}

/** Its lines; `null` where it was not asked. */
export function secondOpinion(): string[] | null {
  if (list === null) return null
  const lines: string[] = []
  try {
    list({ error: (line) => lines.push(...String(line).split('\n')) })
  } catch (error) {
    recordFault('why-is-node-running', error)
  }
  return lines.filter((line) => !isOwn(line))
}

/** A frame of leakwatch's own: it is on each stack of what its wrappers call. */
function isOwn(line: string): boolean {
  return line.startsWith(ownFolder) || line.startsWith(`${relative(process.cwd(), ownFolder)}${sep}`)
}
