/** The class of the program's own code in whose method an orphan was opened, and the method that clears it. */
import { isDependency, isInternal, type PlainFrame } from '../../core/stacks/frames.ts'
import type { Fault } from '../../judge/judge.ts'
import { shownName } from '../secrets/shown.ts'
import { classAt, clearingOf } from '../sources/class-text.ts'
import { fileText } from '../sources/source-text.ts'
import type { Sources } from '../sources/sources.ts'

export interface OpenedIn {
  className: string
  /** `constructor` for a constructor. */
  method: string
  /** The method that clears it; `null`: the class has none; `undefined`: its text does not tell. */
  clearedBy: string | null | undefined
}

/** So far out a method stands from a function inside of it that opened the handle. */
const framesLookedAt = 6

/** `null`: no method of a class did. */
export function openedIn({ engine, handles }: Fault, sources: Sources): OpenedIn | null {
  const stack = engine === null ? handles[0]?.live.record.stack : null
  const frames = (stack?.frames ?? []).filter((frame) => !isInternal(frame))
  const [innermost] = frames
  if (innermost === undefined || isDependency(innermost)) return null
  const site = sources.site(innermost)
  const text = site === null ? null : fileText(site.file)
  if (site === null || text === null) return null
  for (const frame of frames.slice(0, framesLookedAt)) {
    const found = frame.file === innermost.file ? methodOf(frame) : null
    if (found === null) continue
    const around = classAt(text, site.line)
    const named = { ...found, className: found.className ?? around ?? '' }
    const clearing = clearingOf(text, { ...named, line: site.line })
    // A name on the stack may be that of an object of another kind, or of who called a function: the text shows a class.
    if (clearing === null) return around === named.className ? shown(named, undefined) : null
    return shown(named, clearing.by)
  }
  return null
}

function shown(
  { className, method }: { className: string; method: string },
  by: string | null | undefined,
): OpenedIn {
  return {
    className: shownName(className),
    method: shownName(method),
    clearedBy: typeof by === 'string' ? shownName(by) : by,
  }
}

/** `new LeakyCache`, `LeakyCache.onModuleInit` and `set enabled`, as V8 calls them; the class of a setter, Node 20 alone. */
function methodOf({
  function: name,
  construct,
}: PlainFrame): { className: string | null; method: string } | null {
  const [, ofAccessor = null, accessor] =
    /^(?:([A-Z][\w$]*)\.)?[gs]et (#?[\w$]+)(?: \[as .*\])?$/.exec(name ?? '') ?? []
  if (accessor !== undefined) return { className: ofAccessor, method: accessor }
  const [, className, method] = /^(?:async )?([A-Z][\w$]*)(?:\.(#?[\w$]+))?$/.exec(name ?? '') ?? []
  if (className === undefined) return null
  if (construct) return method === undefined ? { className, method: 'constructor' } : null
  return method === undefined ? null : { className, method }
}
