/** What a key does. */
import type { Look, Picture } from './picture.ts'
import { orders } from './rows.ts'

/** As `node:readline` tells of it. */
export interface Key {
  readonly name?: string | undefined
  readonly sequence?: string | undefined
  readonly ctrl?: boolean | undefined
}

export type Action = { readonly look: Look } | 'quit' | 'pause'

/** How the look changes by it; the same look: not at all. */
export function pressed({ name, sequence, ctrl }: Key, { look, chosen, ids, page }: Picture): Action {
  if (ctrl === true) return name === 'c' ? 'quit' : name === 'z' ? 'pause' : { look }
  if (sequence === 'q') return 'quit'
  if (look.isHelp) return { look: { ...look, isHelp: false } }
  if (sequence === '?' || sequence === 'h') return { look: { ...look, isHelp: true } }
  if (sequence === 's') {
    const next = orders[(orders.indexOf(look.order) + 1) % orders.length] ?? look.order
    return { look: { ...look, order: next } }
  }
  if (name === 'escape' || name === 'backspace') {
    if (look.opened !== null) return { look: { ...look, opened: null, scrolled: 0 } }
    return name === 'escape' ? 'quit' : { look }
  }
  if (name === 'return' || name === 'enter')
    return { look: look.opened === null ? { ...look, opened: chosen, scrolled: 0 } : look }
  const by = stepOf(name, sequence, page)
  return { look: by === 0 ? look : moved(look, chosen, ids, by) }
}

function stepOf(name: string | undefined, sequence: string | undefined, page: number): number {
  if (name === 'up' || sequence === 'k') return -1
  if (name === 'down' || sequence === 'j') return 1
  if (name === 'pageup') return -page
  if (name === 'pagedown' || name === 'space') return page
  if (name === 'home' || sequence === 'g') return Number.NEGATIVE_INFINITY
  return name === 'end' || sequence === 'G' ? Number.POSITIVE_INFINITY : 0
}

function moved(look: Look, chosen: string | null, ids: readonly string[], by: number): Look {
  // The picture goes no further than there are rows.
  if (look.opened !== null) return { ...look, scrolled: Math.min(Math.max(0, look.scrolled + by), rowsKept) }
  const at = chosen === null ? 0 : ids.indexOf(chosen)
  const to = Math.min(Math.max(0, at + by), ids.length - 1)
  return { ...look, chosen: ids[to] ?? null }
}

/** More than any process has places. */
const rowsKept = 100_000
