/**
 * One of several stop verbs that leaves what another ends is no stop: after `service.stopPolling()` its server listens on until
 * `service.close()`. Looked at when stock is taken, and only where an engine that was stopped holds something; by the texts of its methods.
 */
import { goOn } from '../../core/engines/life.ts'
import { heldByStopped } from '../../core/handles/live-handles.ts'
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { methodOf } from '../../core/self/method-of.ts'
import { isAnyStop, mayBeVerb, noFamilies } from '../source/verb-families.ts'
import { endsSomething } from '../source/verbs.ts'
import { state } from './state.ts'
import { textOfMethod, verbNames } from './verbs-of.ts'

/** `onModuleDestroy`: a framework calls it at the end, and nothing that ends the rest but its other hooks. */
const hook = /^(?:on|before)[A-Z]/

const { types } = process.getBuiltinModule('node:util')

export function lookAtPartialStops(): void {
  for (const [record, held] of heldByStopped()) {
    const target = record.target?.deref()
    if (target === undefined || types.isProxy(target) || state.namedVerbs.has(record)) continue
    const other = endsTheRest(record, target, held)
    if (other !== null) goOn(record, other)
  }
}

/** Whether `verb` ends the engine, and the verb that was called before what is there at the moment alone. */
export function mayPass({ stop, cls }: EngineRecord, verb: string): boolean {
  return cls?.passingStops.has(stop) === true && !cls.passingStops.has(verb)
}

/**
 * Another stop verb is called on an engine that was stopped. Gives whether that is its stop: after `queue.drain()`, which may end what is
 * there at the moment alone, `queue.stop()` is.
 */
export function endsMore(record: EngineRecord, verb: string): boolean {
  const { stop, cls, starts } = record
  if (verb === stop || cls === null) return false
  if (mayPass(record, verb)) {
    goOn(record, verb)
    return true
  }
  const later = state.laterStops.get(record)
  if (later?.starts === starts) later.verbs.add(verb)
  else state.laterStops.set(record, { starts, verbs: new Set([verb]) })
  return false
}

/** The stop verb that ends what `record` holds after another was called; `null`: none does, as far as the texts tell. */
function endsTheRest(record: EngineRecord, target: object, held: readonly object[]): string | null {
  const { stop, cls, starts } = record
  const later = state.laterStops.get(record)
  const called = new Set([stop, ...(later?.starts === starts ? later.verbs : [])])
  const texts = [...called].map((verb) => textOf(target, verb))
  if (texts[0] === null) return null
  const dealtWith = fieldsIn(texts.join('\n'))
  const kept = fieldsWith(target, held)
  for (const name of verbNames(target)) {
    // What the one calls by itself was called.
    if (hook.test(stop) && !hook.test(name)) continue
    if (called.has(name) || dealtWith.has(name) || !isAnyStop(name, cls?.families ?? noFamilies)) continue
    const text = textOf(target, name) ?? ''
    if (!endsSomething(text)) continue
    const fields = [...fieldsIn(text)].filter((field) => !dealtWith.has(field) && !mayBeVerb(field))
    if (kept.size === 0 ? fields.length > 0 : fields.some((field) => kept.has(field))) return name
  }
  return null
}

function textOf(target: object, name: string): string | null {
  const method = methodOf(target, name)
  return method === null ? null : textOfMethod(method)
}

const ended = [
  /\bthis\s*\??\.\s*(#?[\w$]+)/g,
  /\bclear(?:Timeout|Interval|Immediate)\s*\(\s*([\w$]+)/g,
  /\b([\w$]+)\s*\??\.\s*(?:abort|cancel|close|destroy|disconnect|end|kill|shutdown|stop|terminate)\s*\(/g,
]

/** Names behind `this.`, and those of variables that are ended. */
function fieldsIn(text: string): Set<string> {
  const names = ended.flatMap((each) => [...text.matchAll(each)].map(([, name]) => name as string))
  return new Set(names.filter((name) => name !== 'this'))
}

/** The fields of an object that have one of these, without running a getter. None: they are private, or in a list. */
function fieldsWith(target: object, held: readonly object[]): Set<string> {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(target))
  return new Set(fields.filter(([, { value }]) => held.includes(value)).map(([name]) => name))
}
