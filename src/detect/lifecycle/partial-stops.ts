/**
 * One of several stop verbs that leaves what another ends is no stop: after `service.stopPolling()` its server listens on until
 * `service.close()`. Looked at when stock is taken, and only where an engine that was stopped holds something; by the texts of its methods.
 */
import { goOn } from '../../core/engines/life.ts'
import { heldByStopped } from '../../core/handles/live-handles.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { insertedText } from '../../core/self/written-text.ts'
import { isAnyStop, mayBeVerb } from '../source/verb-families.ts'
import { endsSomething } from '../source/verbs.ts'
import { state } from './state.ts'
import { verbNames } from './verbs-of.ts'

const { types } = process.getBuiltinModule('node:util')

export function lookAtPartialStops(): void {
  for (const [record, held] of heldByStopped()) {
    const target = record.target?.deref()
    if (target === undefined || types.isProxy(target) || state.namedVerbs.has(record)) continue
    const other = endsTheRest(record, target, held)
    if (other !== null) goOn(record, other)
  }
}

/** The stop verb that ends what `record` holds after another was called; `null`: none does, as far as the texts tell. */
function endsTheRest({ stop, cls }: EngineRecord, target: object, held: readonly object[]): string | null {
  const called = textOf(target, stop)
  if (called === null) return null
  const dealtWith = fieldsIn(called)
  const kept = fieldsWith(target, held)
  for (const name of verbNames(target)) {
    // What the one calls by itself was called.
    if (name === stop || dealtWith.has(name) || !isAnyStop(name, cls?.families ?? new Map())) continue
    const text = textOf(target, name) ?? ''
    if (!endsSomething(text)) continue
    const fields = [...fieldsIn(text)].filter((field) => !dealtWith.has(field) && !mayBeVerb(field))
    if (kept.size === 0 ? fields.length > 0 : fields.some((field) => kept.has(field))) return name
  }
  return null
}

function textOf(target: object, name: string): string | null {
  for (let each: object | null = target; each !== null && !types.isProxy(each); ) {
    const value: unknown = Object.getOwnPropertyDescriptor(each, name)?.value
    if (typeof value === 'function') return insertedText(value as never)
    each = Object.getPrototypeOf(each)
  }
  return null
}

/** Names behind `this.` */
function fieldsIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\bthis\s*\??\.\s*(#?[\w$]+)/g)].map(([, name]) => name as string))
}

/** The fields of an object that have one of these, without running a getter. None: they are private, or in a list. */
function fieldsWith(target: object, held: readonly object[]): Set<string> {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(target))
  return new Set(fields.filter(([, { value }]) => held.includes(value)).map(([name]) => name))
}
