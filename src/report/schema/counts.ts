/** What runs in a process, in numbers: what `leakwatch top` asks for. Bounded, however much the process holds. */
import type { Kind } from '../../judge/kinds/list.ts'
import { list, number, object, orNull, type Shape, text } from './shape.ts'

export const countsSchema = 'leakwatch-counts/1'

/** Engines of one name that were started at one place. */
export interface PlaceCounts {
  engine: string
  /** `src/order.ts:41`, relative to the package's root. */
  site: string
  started: number
  stopped: number
  running: number
  /** Of the oldest that runs; `null`: none does. */
  oldestMs: number | null
}

/** A leak that the last check of the process found. */
export interface LeakCounts {
  kind: Kind
  name: string
  site: string | null
  /** How many engines or handles it is about. */
  count: number
}

export interface Counts {
  schema: typeof countsSchema
  uptimeMs: number
  /** In bytes. */
  memory: { rss: number; heapUsed: number }
  /** Live ones. */
  handles: number
  places: PlaceCounts[]
  /** `null`: no check has looked for them since somebody asks. */
  leaks: LeakCounts[] | null
}

export const countsShape: Shape = object<Counts>({
  schema: text,
  uptimeMs: number,
  memory: object<Counts['memory']>({ rss: number, heapUsed: number }),
  handles: number,
  places: list(
    object<PlaceCounts>({
      engine: text,
      site: text,
      started: number,
      stopped: number,
      running: number,
      oldestMs: orNull(number),
    }),
  ),
  leaks: orNull(list(object<LeakCounts>({ kind: text, name: text, site: orNull(text), count: number }))),
})
