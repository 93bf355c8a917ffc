/** Links to findings, and the keys that lead from one to the next. */
import type { Filtering } from './filtering.ts'

export function keepInStep(filter: Filtering): void {
  const { findings, search } = filter
  const go = (finding: HTMLElement | undefined): void => {
    if (finding === undefined) return
    history.replaceState(null, '', `#${finding.id}`)
    finding.focus({ preventScroll: true })
    finding.scrollIntoView({ block: 'start' })
  }
  /** A link leads to its finding whatever is searched for. */
  const follow = (): void => {
    const target = document.getElementById(location.hash.slice(1))
    if (target === null || !findings.includes(target)) return
    if (target.hidden) filter.clear()
    go(target)
  }
  const step = (by: number): void => {
    const shown = findings.filter(({ hidden }) => !hidden)
    const at = shown.findIndex(({ id }) => `#${id}` === location.hash)
    go(at < 0 ? shown[0] : shown[Math.min(shown.length - 1, Math.max(0, at + by))])
  }
  addEventListener('hashchange', follow)
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') {
      filter.clear()
      search?.blur()
    }
    const { target } = event
    if (target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return
    if (event.key === '/') {
      event.preventDefault()
      search?.focus()
    }
    if (event.key === 'j') step(1)
    if (event.key === 'k') step(-1)
  })
  follow()
}
