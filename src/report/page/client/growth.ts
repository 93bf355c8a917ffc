/** How the number of one bug has grown. A curve is drawn once it is near the screen: there may be a thousand. */
import { drawCurve } from './plot.ts'

export function growthPlots(growth: Readonly<Record<string, [number[], number[]]>>): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue
        observer.unobserve(target)
        show(target, growth[target.dataset.growth ?? ''])
      }
    },
    { rootMargin: '300px' },
  )
  for (const place of document.querySelectorAll('.growth')) observer.observe(place)
}

function show(place: HTMLElement, points: [number[], number[]] | undefined): void {
  if (points === undefined) return
  const [xs, ys] = points
  const text = document.createElement('p')
  text.textContent = `The highest number in one process: ${ys[0]} at first, ${ys.at(-1)} at last, ${ys.reduce((most, each) => Math.max(most, each), 0)} at most`
  place.append(text)
  drawCurve(place, { ...withGaps(xs, ys), name: 'highest number', isStepped: false, mark: null })
}

/** A curve that is interrupted where there was no report for much longer than usual: nothing is known of the time between. */
function withGaps(xs: readonly number[], ys: readonly number[]): { xs: number[]; ys: (number | null)[] } {
  const steps = xs.slice(1).map((x, index) => x - (xs[index] ?? 0))
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
  const curve: { xs: number[]; ys: (number | null)[] } = { xs: [], ys: [] }
  for (const [index, x] of xs.entries()) {
    const before = xs[index - 1] ?? x
    if (x - before > 6 * usual) {
      curve.xs.push((x + before) / 2)
      curve.ys.push(null)
    }
    curve.xs.push(x)
    curve.ys.push(ys[index] ?? null)
  }
  return curve
}
