/** What the program calls what it opened or started, as its own text has it. */
import type { EngineRecord } from '../../core/records/engine-record.ts'
import { isDependency, isInternal, type PlainFrame } from '../../core/stacks/frames.ts'
import { shownName } from '../secrets/shown.ts'
import { assignedAt, receiverAt } from '../sources/kept-as.ts'
import type { Sources } from '../sources/sources.ts'

type Frames = { readonly frames: readonly PlainFrame[] } | null | undefined

/** What starts engines of Node's own that exist before; the others are functions of a module. */
const methodsOfNode = new Set(['listen', 'bind'])

/** Of an engine: what its start is called on, or what is kept of the call that made it. */
export function nameOfEngine(engine: EngineRecord, sources: Sources): string | null {
  const { start, started, created, origin } = engine
  const isLibrarys = origin === 'library'
  if (engine.lease) return keptName(started ?? created, sources, isLibrarys)
  const atStart = frameOfProgram(started ?? created, isLibrarys)
  const site = sources.site(atStart)
  const isMethod = origin !== 'core' || methodsOfNode.has(start)
  const receiver = site === null || !isMethod ? null : receiverAt(site, start)
  if (receiver !== null) return shownName(receiver)
  const kept = keptName(created, sources, isLibrarys)
  // What is kept elsewhere has another name there.
  return kept !== null && (atStart === null || isBeside(atStart, created, isLibrarys)) ? kept : null
}

/** Of what a call has opened: what the program keeps it in. `byLibrary`: a library has made it for the program. */
export function keptName(stack: Frames, sources: Sources, byLibrary: boolean, isSame = false): string | null {
  const frame = frameOfProgram(stack, byLibrary)
  const site = sources.site(frame)
  const found = site === null ? null : assignedAt(site, isSame)
  if (found === null) return null
  const isField = /_initializer>$/.test(frame?.function ?? '') && !found.includes('.')
  return shownName(isField ? `this.${found}` : found)
}

/** The program's innermost, with none but Node's own code inside of it. */
function frameOfProgram(stack: Frames, byLibrary: boolean): PlainFrame | null {
  const frames = (stack?.frames ?? []).filter((frame) => !isInternal(frame))
  const found = byLibrary ? frames.find((frame) => !isDependency(frame)) : frames[0]
  return found === undefined || isDependency(found) ? null : found
}

function isBeside(frame: PlainFrame, stack: Frames, byLibrary: boolean): boolean {
  const other = frameOfProgram(stack, byLibrary)
  return other !== null && other.file === frame.file && other.function === frame.function
}
