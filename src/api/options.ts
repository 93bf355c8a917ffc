/** Reads the options of `report` and `assertNoLeaks`, by the readers of the settings. */

import type { IgnoreRule } from '../judge/ignore.ts'
import type { Fault } from '../judge/judge.ts'
import type { Occasion } from '../live/reporter.ts'
import { ignoreRules, milliseconds, onOrOff } from '../settings/setting-values.ts'
import { errors, expectKeys, misuse, readOption } from './misuse.ts'

export interface ReportOptions {
  /** How long something may still be closing before it is blamed, in milliseconds. */
  graceMs?: number
  /** Rules beside those of the settings. */
  ignore?: IgnoreRule[]
}

export interface AssertOptions extends ReportOptions {
  /** Judges only what was started or opened after this snapshot. */
  since?: Snapshot
  /** Counts warnings as well. */
  strict?: boolean
}

/** What was alive at one moment, for `assertNoLeaks({ since })`. */
export interface Snapshot {
  readonly engines: ReadonlySet<string>
  readonly handles: ReadonlySet<string>
}

export function reportOccasion(options: ReportOptions): Occasion {
  expectKeys(options, ['graceMs', 'ignore'])
  return { trigger: 'call', ...waitAndRules(options) }
}

export interface Assertion {
  occasion: Occasion
  isStrict: boolean
}

export function assertion(options: AssertOptions): Assertion {
  expectKeys(options, ['graceMs', 'ignore', 'since', 'strict'])
  const { since } = options
  const isStrict =
    readOption((lines) => lines.LEAKWATCH_STRICT_INVALID, 'strict', options.strict, strictness) ?? false
  const occasion: Occasion = { trigger: 'assert', ...waitAndRules(options) }
  if (since === undefined) return { occasion, isStrict }
  expectSnapshot(since)
  return { occasion: { ...occasion, counts: (fault) => isNewSince(since, fault) }, isStrict }
}

const strictness = { ...onOrOff, expected: '`true` or `false`' }

function waitAndRules(options: ReportOptions): Pick<Occasion, 'graceMs' | 'ignore'> {
  const graceMs = readOption(
    (lines) => lines.LEAKWATCH_GRACE_MS_INVALID,
    'graceMs',
    options.graceMs,
    milliseconds,
  )
  const ignore = readOption((lines) => lines.LEAKWATCH_IGNORE_INVALID, 'ignore', options.ignore, ignoreRules)
  return { ...(graceMs !== undefined && { graceMs }), ...(ignore !== undefined && { ignore }) }
}

function expectSnapshot(since: Snapshot): void {
  if (since?.engines instanceof Set && since.handles instanceof Set) return
  throw misuse(errors().LEAKWATCH_SINCE())
}

function isNewSince(since: Snapshot, { engine, handles }: Fault): boolean {
  if (engine !== null && since.engines.has(`e${engine.id}`)) return false
  // An engine that was stopped before is not among those; what it left behind is.
  const isNew = handles.some(({ live }) => !since.handles.has(`h${live.record.id}`))
  return isNew || (engine !== null && handles.length === 0)
}
