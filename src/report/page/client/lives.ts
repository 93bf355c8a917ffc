/** How many of the listed engines ran at each time. */
import { drawCurve } from './plot.ts'

/** As `src/report/page/lives.ts` makes it. */
export interface Lives {
  texts: string[]
  rows: [number, number, number, number, number, number, number, number][]
  from: string
  at: number
  shutdown: number
}

export function livesPlot(place: HTMLElement, { rows, from, at, shutdown }: Lives): void {
  const changes = new Map<number, number>()
  for (const [, , , begin, end] of rows) {
    changes.set(begin, (changes.get(begin) ?? 0) + 1)
    if (end >= 0) changes.set(end, (changes.get(end) ?? 0) - 1)
  }
  if (rows.length < 2 || changes.size < 2) return
  const start = Date.parse(from) / 1000
  const xs: number[] = []
  const ys: number[] = []
  let running = 0
  for (const [time, change] of [...changes].sort(([a], [b]) => a - b)) {
    running += change
    xs.push(start + time / 1000)
    ys.push(running)
  }
  xs.push(start + at / 1000)
  ys.push(running)
  const text = document.createElement('p')
  text.textContent = `Running engines, of the ${rows.length.toLocaleString('en-US')} listed${shutdown < 0 ? '' : '; the red line is the beginning of the shutdown'}`
  place.append(text)
  drawCurve(place, {
    xs,
    ys,
    name: 'running',
    isStepped: true,
    mark: shutdown < 0 ? null : start + shutdown / 1000,
  })
}
