/**
 * `$leakwatch$`, which the inserted code calls. A constant of the script scope: every module sees it, no parameter or variable of a
 * program has its name, and the global object has no property of it.
 */
import { attempt } from '../../core/self/faults.ts'
import { hookName } from '../source/hook-name.ts'

type Told = (...args: unknown[]) => unknown

const { runInThisContext } = process.getBuiltinModule('node:vm')

/** What registers, and what tells of a method's calls; `i` is what was installed. */
const letters = [...'cpnkhosewgabzylmft']

/** Defined once: a second copy of leakwatch, or a second start of it, finds the first one's. */
function hookOfThread(): Record<string, unknown> {
  return (
    knownHook() ??
    runInThisContext(`const ${hookName}={${letters.map((letter) => `${letter}:0`)},i:void 0};${hookName}`)
  )
}

function knownHook(): Record<string, unknown> | null {
  return runInThisContext(`typeof ${hookName}=='object'?${hookName}:null`)
}

/** What this thread's leakwatch gives to all that ask for it later, other copies of it too. */
export function keepInstalled(installed: object): void {
  hookOfThread().i = installed
}

export function keptInstalled(): unknown {
  return knownHook()?.i
}

/** Nobody listens: what a method holds of a call that there is nothing to tell of. */
const silent: Told = () => ({ v: 0, k: 0 })

/** A function of a library's is asked for by `f`. */
function silentFor(letter: string): Told {
  return letter === 'f' ? (make) => make : silent
}

/** Defines it. What the calls do is loaded with the first class or object of a program. Returns its undo. */
export function installRegistry(): () => void {
  const hook = hookOfThread()
  for (const letter of letters) {
    const first: Told = (...args) => {
      attempt('loading the registrations', () => {
        const loaded = require('./registrations.js') as typeof import('./registrations.ts')
        Object.assign(hook, loaded.registrations)
      })
      return (hook[letter] === first ? silentFor(letter) : (hook[letter] as Told))(...args)
    }
    hook[letter] = first
  }
  return () => {
    for (const letter of letters) hook[letter] = silentFor(letter)
  }
}
