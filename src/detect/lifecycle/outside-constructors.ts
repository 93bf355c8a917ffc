/** Where an instance was made: the place of its `new`, not one in its class. */

import { isCodeOf, isWithin } from '../../core/engines/own-code.ts'
import type { EngineRecord, SourceRange } from '../../core/records/engine-record.ts'
import { isInternal, isProgram, type PlainFrame } from '../../core/stacks/frames.ts'

const { types } = process.getBuiltinModule('node:util')

/** V8's name for the function that sets an instance's fields; the type stands before it. */
const fields = /(?:^|\.)<instance_members_initializer>$/

/**
 * Takes the instance's own fields and constructors off a stack, each once: the constructor of another engine of the
 * same class, in which it was made, stays.
 */
export function outsideConstructors(
  frames: readonly PlainFrame[],
  prototype: object,
  sources: readonly SourceRange[],
): readonly PlainFrame[] {
  const names = constructorNames(prototype)
  const places = new Set(sources)
  let at = fields.test(frames[0]?.function ?? '') ? 1 : 0
  for (let frame = frames[at]; frame?.construct === true; frame = frames[at]) {
    const constructing = frame
    const place = [...places].find((source) => isWithin(constructing, source))
    // A class without a name (a mixin's), or with a static member called `name`, is told by its place.
    if (!names.delete(frame.function ?? '') && place === undefined) break
    if (place !== undefined) places.delete(place)
    at += 1
  }
  // `if (!(this instanceof Engine)) return new Engine()`
  const [made, called] = [frames[at - 1], frames[at]]
  const isPlain = made?.construct === true && called?.construct === false
  if (isPlain && called.function === made.function && called.file === made.file) at += 1
  return frames.slice(at)
}

/**
 * The frames of a start that its own constructor called, from the `new` on; of a stack that goes no further than the constructor,
 * those of where the instance was made.
 */
export function outsideOwnConstructor(
  frames: readonly PlainFrame[],
  instance: object,
  record: EngineRecord,
): readonly PlainFrame[] {
  const { sources, created } = record
  const own = frames.findIndex(
    (frame) => frame.construct && sources.some((source) => isWithin(frame, source)),
  )
  if (own < 0) return outsideOwnMethods(frames, record)
  const outside = outsideConstructors(frames.slice(own), Object.getPrototypeOf(instance), sources)
  return outside.length > 0 ? outside : (created?.frames ?? [])
}

/**
 * The frames of who called a method of an engine that then started it: `query() { return this.connect() }`. All, where nobody else is seen to
 * have done so.
 */
export function outsideOwnMethods(
  frames: readonly PlainFrame[],
  record: EngineRecord,
): readonly PlainFrame[] {
  // A compiler may have put all of a file on one line: then nothing but a name tells.
  if (record.sources.some(({ line, endLine }) => line === endLine)) return frames
  const outer = frames.findIndex((frame) => !isInternal(frame) && !isCodeOf(record, frame))
  const caller = frames[outer]
  return caller !== undefined && isProgram(caller) ? frames.slice(outer) : frames
}

/** Read without running a getter or a trap of the program's. */
function constructorNames(prototype: object): Set<string> {
  const names = new Set<string>()
  for (
    let each: object | null = prototype;
    each !== null && !types.isProxy(each);
    each = Object.getPrototypeOf(each)
  ) {
    const ctor = Object.getOwnPropertyDescriptor(each, 'constructor')?.value
    const name = typeof ctor === 'function' ? Object.getOwnPropertyDescriptor(ctor, 'name')?.value : undefined
    if (typeof name === 'string' && name !== '') names.add(name)
  }
  return names
}
