/** The engines of one process, and its leaks. */
import { escapeControls } from '../../report/words/escape.ts'
import { duration } from '../../report/words/wording.ts'
import { clip } from '../console/fitting.ts'
import { grouped, megabytes } from './columns.ts'
import type { Sight } from './fleet.ts'
import type { History } from './history.ts'
import { engineRows, type Order } from './rows.ts'
import { engineTable, tableTitle } from './screen-parts.ts'
import type { Space } from './table.ts'

export interface OneProcess {
  readonly lines: string[]
  readonly page: number
  /** How many engines are above the screen: no more than there are. */
  readonly scrolled: number
}

export function oneProcess(
  history: History,
  id: string,
  order: Order,
  scrolled: number,
  { width, height, paint }: Space,
): OneProcess {
  const sight = history.processes().find(({ process }) => process.id === id)?.process
  if (sight === undefined) {
    return { lines: [paint('warning', clip('This process has ended.', width))], page: 1, scrolled: 0 }
  }
  const engines = engineRows(history, order, id)
  const leaks = leakLines(sight)
    .slice(0, Math.max(1, Math.floor(height / 4)))
    .map((line) => paint('leak', clip(line, width)))
  const page = Math.max(1, height - 3 - leaks.length)
  const from = Math.max(0, Math.min(scrolled, engines.length - page))
  const window = engines.slice(from, from + page)
  const title = tableTitle('Its engines', order, { from, shown: window.length, all: engines.length })
  const lines = [
    paint('title', clip(aboutProcess(sight), width)),
    ...leaks,
    paint('title', clip(title, width)),
    ...engineTable(window, true, { width, height, paint }),
  ]
  return { lines, page, scrolled: from }
}

function leakLines({ counts }: Sight): string[] {
  return (counts?.leaks ?? []).map(({ kind, name, site, count }) =>
    escapeControls(`✖ ${kind}: ${grouped(count)} ${name}${site === null ? '' : ` at ${site}`}`),
  )
}

function aboutProcess({ service, pid, ageMs, counts, silence, node }: Sight): string {
  const facts = [
    `${service}, pid ${pid}, up ${duration(ageMs)}`,
    ...(counts === null
      ? []
      : [
          `${grouped(counts.handles)} handles, ${megabytes(counts.memory.rss)}, heap ${megabytes(counts.memory.heapUsed)}`,
        ]),
    `Node.js ${node}`,
    ...(silence === null ? [] : [silence]),
  ]
  return escapeControls(facts.join(', '))
}
