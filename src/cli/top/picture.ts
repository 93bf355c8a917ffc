/** What stands on the screen: a history, as the keys have chosen to look at it. */

import { clip } from '../console/fitting.ts'
import { helpLines } from './help.ts'
import type { History } from './history.ts'
import { oneProcess } from './one-process.ts'
import { overview } from './overview.ts'
import { type Order, processRows } from './rows.ts'
import { filled } from './screen-parts.ts'
import type { Space } from './table.ts'

export interface Look {
  readonly order: Order
  /** The id of the process that is marked; `null`: the first. */
  readonly chosen: string | null
  /** The id of the process that is shown alone; `null`: all are. */
  readonly opened: string | null
  /** How many engines of it are above the screen. */
  readonly scrolled: number
  readonly isHelp: boolean
}

export const firstLook: Look = { order: 'growth', chosen: null, opened: null, scrolled: 0, isHelp: false }

export interface Picture {
  /** As many as the screen has. */
  readonly lines: readonly string[]
  /** What is really shown: a process may have ended meanwhile. */
  readonly look: Look
  /** The process that is marked. */
  readonly chosen: string | null
  /** The ids of all processes, in their order. */
  readonly ids: readonly string[]
  /** How many rows the keys for pages go up and down. */
  readonly page: number
}

export function picture(history: History, look: Look, intervalMs: number, space: Space): Picture {
  const processes = processRows(history, look.order)
  const ids = processes.map(({ id }) => id)
  const isThere = look.chosen !== null && ids.includes(look.chosen)
  const chosen = isThere ? look.chosen : (ids[0] ?? null)
  const above = { ...space, height: space.height - 1 }
  const { lines, page, scrolled, keys } = part()
  const footer = space.paint('label', clip(keys, space.width))
  return {
    lines: [...filled(lines, above.height), footer],
    look: { ...look, chosen: isThere ? look.chosen : null, scrolled },
    chosen,
    ids,
    page,
  }

  function part(): { lines: readonly string[]; page: number; scrolled: number; keys: string } {
    if (look.isHelp) {
      const lines = helpLines.map((line) => clip(line, space.width))
      return { lines, page: 1, scrolled: look.scrolled, keys: 'any key goes back' }
    }
    if (look.opened !== null) {
      const keys = 'q quit   ↑ ↓ scroll   Esc all processes   s order   ? help'
      return { ...oneProcess(history, look.opened, look.order, look.scrolled, above), keys }
    }
    const keys = 'q quit   ↑ ↓ choose a process   Enter its engines   s order   ? help'
    return {
      ...overview(history, processes, chosen, look.order, intervalMs, above),
      scrolled: 0,
      keys,
    }
  }
}
