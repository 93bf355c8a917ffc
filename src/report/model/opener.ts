/** Who opened what the program asked a dependency for: what the program called, and the package that then opened it. */
import { isDependency, isInternal, type PlainFrame } from '../../core/stacks/frames.ts'
import type { Fault } from '../../judge/judge.ts'
import { shownName } from '../secrets/shown.ts'
import { packageIn } from '../words/package-in.ts'

export interface Opener {
  /** The package whose code opened it. */
  package: string
  /** Of the dependency, what the program's own line called; `null`: none of its lines is on the way. */
  called: string | null
  calledPackage: string | null
}

/** `null`: it was not a dependency that opened it. */
export function openerOf({ engine, handles }: Fault): Opener | null {
  const frames = framesOf(
    engine === null ? handles[0]?.live.record.stack : (engine.started ?? engine.created),
  )
  const [first] = frames
  if (first === undefined || !isDependency(first)) return null
  const own = frames.findIndex((frame) => !isDependency(frame))
  const called = own < 0 ? undefined : frames[own - 1]
  return {
    package: packageIn(first.file ?? ''),
    called: called === undefined ? null : callOf(called),
    calledPackage: called === undefined ? null : packageIn(called.file ?? ''),
  }
}

function framesOf(stack: { readonly frames: readonly PlainFrame[] } | null | undefined): PlainFrame[] {
  return (stack?.frames ?? []).filter((frame) => !isInternal(frame))
}

/** As code: `new Redis()`, `Pool.query()`. */
function callOf({ function: name, construct }: PlainFrame): string | null {
  if (name === null || !/^[\w$.#]+$/.test(name)) return null
  return shownName(`${construct ? 'new ' : ''}${name}()`)
}
