/** Node's loader of ES modules is watched only once it is needed: `loader-hooks.ts`, and `old-loader.ts` on Node before 22.15. */
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMainThread } from '../../core/self/main-thread.ts'
import type { Loaded } from '../transform/transform-module.ts'

export interface EsModules {
  /** The loader may be asked for something from now on. Does nothing but the first time. */
  begin(): void
  /** Whether a text that is about to be compiled may ask for an ES module, or be one. `format` is Node's. */
  mayCome(text: string, format: unknown): boolean
  undo(): void
}

/** Gives a module as the loader has it, with registrations. */
export type Transform = (url: string, loaded: Loaded) => Loaded

/** Whether a text asks for an ES module, or is one. Where it has no named format and is no CommonJS, Node takes it for one. */
export function mayAskForOne(text: string, format: unknown): boolean {
  if (format === 'module' || /\bimport\s*[(/]/.test(text)) return true
  return format !== 'commonjs' && /\b(?:im|ex)port\b/.test(text)
}

/** Whether Node may ask its loader of ES modules for something before the text of a module of CommonJS shows it. */
export function mayImport(options: readonly string[], main: string | undefined): boolean {
  if (!isMainThread || /\bimport\b|loader|-type/.test(options.join(' '))) return true
  // The text of a script in the options is among them.
  if (/(?:^| )(?:-[ep]+|--eval|--print)(?:[ =]|$)/.test(options.join(' '))) return false
  return main === undefined || main === '-' || isEsModule(main)
}

/** Whether Node takes a file for an ES module; one that says neither comes as CommonJS first. */
function isEsModule(main: string): boolean {
  try {
    const file = realpathSync(main)
    if (/\.c[jt]s$/.test(file)) return false
    if (/\.m[jt]s$/.test(file)) return true
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      const type = packageType(join(folder, 'package.json'))
      if (type !== null) return type === 'module'
      if (dirname(folder) === folder) return false
    }
  } catch {
    return true
  }
}

/** `null`: there is no package in this folder. */
function packageType(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return null
  }
  return (JSON.parse(text) as { type?: unknown }).type
}
