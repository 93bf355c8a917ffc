/** Draws a curve with uPlot, which the page has brought along, in the colours of the page. */
import type Plot from 'uplot'

declare const uPlot: typeof Plot

const height = 150

export interface Curve {
  /** Seconds. */
  xs: number[]
  /** `null`: nothing is known; the curve is interrupted. */
  ys: (number | null)[]
  name: string
  isStepped: boolean
  /** Seconds: a vertical line there. */
  mark: number | null
}

/** It is drawn again where the colours or the width change. */
export function drawCurve(place: HTMLElement, { xs, ys, name, isStepped, mark }: Curve): void {
  const box = document.createElement('div')
  place.append(box)
  let plot: Plot | null = null
  const draw = (): void => {
    plot?.destroy()
    const colours = getComputedStyle(document.documentElement)
    const colour = (variable: string): string => colours.getPropertyValue(variable).trim()
    const axis = {
      stroke: colour('--soft'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
    }
    const stepped = uPlot.paths.stepped?.({ align: 1 })
    plot = new uPlot(
      {
        width: Math.max(200, place.clientWidth),
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
        padding: [8, 28, 0, 0],
        axes: [
          { ...axis, space: 70, values: (_, times) => times.map((time) => shownTime(time, spanOf(xs))) },
          {
            ...axis,
            size: 60,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000],
          },
        ],
        series: [
          {},
          {
            label: name,
            stroke: colour('--bar'),
            fill: `${colour('--bar')}33`,
            width: 2,
            points: { show: false },
            ...(isStepped && stepped ? { paths: stepped } : {}),
          },
        ],
        hooks: { draw: [(drawn: Plot) => markAt(drawn, mark, colour('--leak'))] },
      },
      [xs, ys],
      box,
    )
  }
  draw()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  new ResizeObserver(() => plot?.setSize({ width: Math.max(200, place.clientWidth), height })).observe(place)
}

function spanOf(xs: readonly number[]): number {
  return (xs.at(-1) ?? 0) - (xs[0] ?? 0)
}

const [hour, day] = [3600, 86_400]

/** As the rest of the page: UTC. */
function shownTime(seconds: number, span: number): string {
  const iso = new Date(seconds * 1000).toISOString()
  if (span > 2 * day) return iso.slice(5, 10)
  if (span < 20) return iso.slice(17, 23)
  return span > hour / 6 ? iso.slice(11, 16) : iso.slice(11, 19)
}

function markAt({ ctx, bbox, valToPos }: Plot, mark: number | null, colour: string): void {
  if (mark === null) return
  const x = Math.round(valToPos(mark, 'x', true))
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = 2
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}
