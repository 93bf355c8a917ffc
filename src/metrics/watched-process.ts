/**
 * Finds the leakwatch that watches this thread, for `leakwatch/prometheus` and `leakwatch/otel`. Node's own loader loads these, so what they
 * need of leakwatch they ask the one that watches for.
 */
import { runInThisContext } from 'node:vm'
import type { Inside, Installed } from '../api/api.ts'

type Errors = typeof import('../errors/errors.ts').errors

const said = new Set<string>()

/** `null`: none watches, which one line on stderr says. A test runner has contexts of its own: the constant is in the main one's script scope. */
export function watchedProcess(entry: string): Inside | null {
  const installed: unknown = runInThisContext("typeof $leakwatch$=='object'?$leakwatch$.i:void 0")
  const inside = (installed as Installed | undefined)?.inside ?? null
  if (inside === null) complain((errors) => errors.LEAKWATCH_METRICS_UNWATCHED(entry))
  return inside
}

/** Says why there are no metrics, once, in one line on stderr. The program goes on without. */
export function complain(lineOf: (errors: Errors) => string): void {
  try {
    const { errors } = require('../errors/errors.js') as typeof import('../errors/errors.ts')
    const { writeError } = require('../report/output/write.js') as typeof import('../report/output/write.ts')
    const line = lineOf(errors)
    if (said.has(line)) return
    said.add(line)
    writeError(`${line}\n`)
  } catch {
    // leakwatch's files are gone
  }
}

/** Expects an object that has these methods. */
export function expectMethods(
  value: unknown,
  methods: readonly string[],
  lineOf: (errors: Errors, got: string) => string,
): void {
  const given = value as Record<string, unknown> | null
  if (methods.every((method) => typeof given?.[method] === 'function')) return
  const { errors } = require('../errors/errors.js') as typeof import('../errors/errors.ts')
  const { kindOf, misuse } = require('../api/misuse.js') as typeof import('../api/misuse.ts')
  throw misuse(lineOf(errors, kindOf(value)))
}
