/**
 * `devServer.stop(); process.exit()`: what a dependency's object has not closed yet is one fault, at the line of the stop that nobody waited
 * for. A dependency's stop is not seen: the text before the exit tells of it. Loaded with the first exit that finds such things open.
 */
import { beginStop } from '../core/engines/life.ts'
import { recordEngine } from '../core/engines/record-engine.ts'
import { judgedAt } from '../core/engines/shutdown.ts'
import type { EngineRecord } from '../core/records/engine-record.ts'
import { CapturedStack, captureStack } from '../core/stacks/captured-stack.ts'
import { isDependency, isInternal, isProgram, type PlainFrame } from '../core/stacks/frames.ts'
import { originalColumn } from '../detect/transform/original-column.ts'
import { isOpenedByDependency } from '../judge/dependencies-own.ts'
import type { Fault } from '../judge/judge.ts'
import { type StopCall, stopBefore } from '../report/sources/next-steps.ts'
import { sourceLine } from '../report/sources/source-map.ts'
import { type Sources, sources } from '../report/sources/sources.ts'
import { packageIn } from '../report/words/package-in.ts'

/** Those of leakwatch's own that lead here are among them. */
const exitDepth = 100

/** `faults` with what such a stop leaves as one. `stopped`: engines whose stop was seen. */
export function asUnawaitedStop(faults: Fault[], stopped: readonly EngineRecord[]): Fault[] {
  const mine = faults.filter(isOpenedByDependency)
  const exit = mine.length === 0 ? undefined : exitFrame()
  const places = sources(originalColumn)
  const site = exit === undefined ? null : places.site(exit)
  const call = site === null ? null : stopBefore(site)
  if (exit === undefined || site === null || call === null) return faults
  const frame: PlainFrame = { ...exit, file: site.file, line: call.line, column: call.column }
  if (stopped.some((engine) => isSeen(engine, frame, places))) return faults
  const left = mine.filter((fault) => mayBeOf(fault, call, places))
  return left.length === 0
    ? faults
    : [...faults.filter((fault) => !left.includes(fault)), merged(left, call, frame)]
}

/** Where the program has called `process.exit()`. */
function exitFrame(): PlainFrame | undefined {
  const frames = captureStack(exitFrame, exitDepth)?.frames ?? []
  const exit = frames.findIndex(
    ({ file, function: name }) => file?.startsWith('node:') === true && /\bexit$/.test(name ?? ''),
  )
  const caller = exit < 0 ? undefined : frames.slice(exit).find((frame) => !isInternal(frame))
  return caller === undefined || isDependency(caller) ? undefined : caller
}

/** The program has called the stop of an engine there. */
function isSeen({ stopped }: EngineRecord, { file, line, column }: PlainFrame, places: Sources): boolean {
  const caller = stopped?.frames.find((frame) => !isInternal(frame))
  const site = caller === undefined ? null : places.site(caller)
  return site !== null && site.file === file && site.line === line && site.column === column
}

/** No line of the program's has asked for it, as far as is known, or one that names what is stopped. */
function mayBeOf({ engine, handles }: Fault, { receiver }: StopCall, places: Sources): boolean {
  const stack = engine === null ? handles[0]?.live.record.stack : (engine.started ?? engine.created)
  const asked = stack?.frames.find(isProgram)
  const site = asked === undefined ? null : places.site(asked)
  if (site === null) return true
  const [name = ''] = receiver.split('.').slice(-1)
  return (sourceLine(site.file, site.line) ?? '').split(/[^\w$]+/).includes(name)
}

function merged(left: readonly Fault[], { receiver, verb }: StopCall, frame: PlainFrame): Fault {
  const handles = [...new Set(left.flatMap((fault) => fault.handles))]
  const children = left.flatMap(({ engine, children }) =>
    engine === null ? children : [engine, ...children],
  )
  const stacks = left.map(({ engine, handles: [first] }) =>
    engine === null ? first?.live.record.stack : (engine.started ?? engine.created),
  )
  const maker = stacks.flatMap((stack) => stack?.frames.findLast(isDependency) ?? [])[0]
  const engine = recordEngine(null, {
    name: receiver,
    origin: 'library',
    package: packageIn(maker?.file ?? '') || null,
    stop: verb,
    traits: {
      packages: [],
      stopCall: `await ${receiver}.${verb}()`,
      forcedCall: null,
      isUnanswered: () => false,
      lingersMs: 0,
      keeps: false,
      endsWithParent: false,
      detail: () => ({}),
    },
  })
  const stack = new CapturedStack({})
  stack.trim(() => [frame])
  beginStop(engine, verb, stack, judgedAt())
  const { state: name, starts } = engine
  return { kind: 'stop-pending', severity: 'leak', engine, state: { name, starts }, handles, children }
}
