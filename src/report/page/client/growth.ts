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
  drawCurve(place, { xs, ys, name: 'highest number', isStepped: false, mark: null })
}
