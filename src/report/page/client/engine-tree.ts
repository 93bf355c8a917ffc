/**
 * The engines as a tree, with what each holds and its life as a bar. Only the rows on the screen are in the page: there may be ten thousand.
 */
import type { Lives } from './lives.ts'

const wanted = 12

/** Gives what filters it by a text. */
export function engineTree(
  place: HTMLElement,
  { texts, rows, from, at, shutdown }: Lives,
): (text: string) => void {
  const rowHeight = 28
  const textAt = (index: number): string => texts[index] ?? ''
  const closed = new Set<number>()
  let needle = ''
  let visible: number[] = []
  let active = 0

  const tree = element('div', 'tree', {
    role: 'treegrid',
    tabindex: '0',
    'aria-label': 'Engines',
    'aria-colcount': '3',
  })
  const head = element('div', 'head', { role: 'row', 'aria-rowindex': '1' })
  const begin = new Date(Date.parse(from))
  const end = new Date(Date.parse(from) + at)
  for (const [name, className] of [
    ['engine, started at', 'cell'],
    ['holds', 'cell holds'],
    ['', 'cell'],
  ] as const) {
    const cell = element('div', className, { role: 'columnheader' })
    cell.textContent = name
    head.append(cell)
  }
  const scale = head.lastElementChild as HTMLElement
  scale.append(span(shortTime(begin, at)), span(shortTime(end, at)))
  scale.setAttribute('aria-label', `life, from ${begin.toISOString()} to ${end.toISOString()}`)
  const body = element('div', 'rows', { role: 'rowgroup' })
  tree.append(head, body)
  const legend = element('p', 'legend', {})
  legend.textContent = `${rows.length.toLocaleString('en-US')} engines. A striped bar still runs${shutdown < 0 ? '' : '; the red line is the beginning of the shutdown'}. Arrow keys move, open and close; Enter goes to the finding.`
  place.replaceChildren(tree, legend)

  const hasChildren = (index: number): boolean => (rows[index + 1]?.[0] ?? -1) > (rows[index]?.[0] ?? 0)
  const matches = (index: number): boolean => {
    const row = rows[index]
    if (row === undefined) return false
    const [, name, state, , , site, holds] = row
    return [name, state, site, holds].some((text) => textAt(text).toLowerCase().includes(needle))
  }
  /** With the ancestors of what fits, without what is in a closed one. */
  const list = (): void => {
    const kept = needle === '' ? null : withAncestors(rows, matches)
    visible = []
    let hiddenBelow = Number.POSITIVE_INFINITY
    for (const [index, [depth]] of rows.entries()) {
      if (depth > hiddenBelow) continue
      hiddenBelow = Number.POSITIVE_INFINITY
      if (kept !== null && !kept.has(index)) continue
      visible.push(index)
      if (kept === null && closed.has(index)) hiddenBelow = depth
    }
    active = Math.min(active, Math.max(0, visible.length - 1))
    body.style.height = `${visible.length * rowHeight}px`
    tree.setAttribute('aria-rowcount', String(visible.length + 1))
    drawn.clear()
    body.replaceChildren()
    draw()
  }

  /** The rows that are in the page, by their positions. */
  const drawn = new Map<number, HTMLElement>()
  const draw = (): void => {
    const first = Math.max(0, Math.floor(tree.scrollTop / rowHeight) - wanted)
    const last = Math.min(
      visible.length,
      Math.ceil((tree.scrollTop + tree.clientHeight) / rowHeight) + wanted,
    )
    for (const [position, row] of drawn) {
      if (position >= first && position < last) continue
      row.remove()
      drawn.delete(position)
    }
    for (let position = first; position < last; position += 1) {
      if (drawn.has(position)) continue
      const row = rowElement(visible[position] ?? 0, position)
      drawn.set(position, row)
      // Readers go by the order.
      const next = drawn.get(position + 1) ?? null
      body.insertBefore(row, next)
    }
    for (const [position, row] of drawn) row.classList.toggle('active', position === active)
    const isShown = active >= first && active < last
    if (isShown) tree.setAttribute('aria-activedescendant', `${place.dataset.report}-row-${active}`)
    else tree.removeAttribute('aria-activedescendant')
  }

  const rowElement = (index: number, position: number): HTMLElement => {
    const [depth, name, state, since, until, site, holds, finding] = rows[index] as Lives['rows'][number]
    const isOpen = hasChildren(index) ? { 'aria-expanded': String(!closed.has(index)) } : {}
    const row = element('div', '', {
      role: 'row',
      id: `${place.dataset.report}-row-${position}`,
      'aria-rowindex': String(position + 2),
      'aria-level': String(depth + 1),
      ...isOpen,
    })
    row.style.transform = `translateY(${position * rowHeight}px)`
    row.dataset.position = String(position)
    const named = element('div', 'cell', { role: 'gridcell' })
    named.style.paddingLeft = `${Math.min(depth, 12) * 14}px`
    const toggle = element('span', 'toggle', { 'aria-hidden': 'true' })
    toggle.textContent = hasChildren(index) ? (closed.has(index) ? '▸' : '▾') : ''
    const anchor = textAt(finding)
    const title = anchor === '' ? span(textAt(name)) : link(textAt(name), anchor)
    named.append(toggle, title, span(` ${textAt(site)}`, 'place'))
    named.title = `${textAt(name)}, ${textAt(state)} ${textAt(site)}`
    const held = element('div', 'cell holds', { role: 'gridcell' })
    held.textContent = textAt(holds)
    held.title = textAt(holds)
    const life = element('div', '', { role: 'gridcell' })
    life.append(bar(since, until, textAt(state)))
    row.append(named, held, life)
    return row
  }

  const bar = (since: number, until: number, state: string): HTMLElement => {
    const whole = Math.max(1, at)
    const percent = (ms: number): number => Math.min(100, Math.max(0, (ms / whole) * 100))
    const stop = until < 0 ? at : until
    const box = element('div', 'life', {
      role: 'img',
      'aria-label': `${state}, ${new Date(Date.parse(from) + since).toISOString()} to ${until < 0 ? 'now' : new Date(Date.parse(from) + until).toISOString()}`,
    })
    box.title = box.getAttribute('aria-label') ?? ''
    const line = element('i', until < 0 ? 'open' : '', {})
    line.style.left = `min(${percent(since)}%, calc(100% - 3px))`
    line.style.width = `${percent(stop) - percent(since)}%`
    box.append(line)
    if (shutdown >= 0) {
      const mark = element('b', '', {})
      mark.style.left = `min(${percent(shutdown)}%, calc(100% - 2px))`
      box.append(mark)
    }
    return box
  }

  const move = (to: number): void => {
    active = Math.min(visible.length - 1, Math.max(0, to))
    const top = active * rowHeight
    if (top < tree.scrollTop) tree.scrollTop = top
    else if (top + 2 * rowHeight > tree.scrollTop + tree.clientHeight)
      tree.scrollTop = top + 2 * rowHeight - tree.clientHeight
    draw()
  }
  const setClosed = (index: number, isClosed: boolean): void => {
    if (!hasChildren(index)) return
    if (isClosed) closed.add(index)
    else closed.delete(index)
    list()
  }
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(active + 1),
    ArrowUp: () => move(active - 1),
    PageDown: () => move(active + 15),
    PageUp: () => move(active - 15),
    Home: () => move(0),
    End: () => move(visible.length - 1),
    ArrowRight: () => setClosed(visible[active] ?? 0, false),
    ArrowLeft: () => setClosed(visible[active] ?? 0, true),
    Enter: () => {
      const anchor = textAt(rows[visible[active] ?? 0]?.[7] ?? 0)
      if (anchor !== '') location.hash = `#${anchor}`
    },
  }
  tree.addEventListener('keydown', (event) => {
    const act = keys[event.key]
    if (act === undefined || event.target !== tree) return
    event.preventDefault()
    act()
  })
  tree.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return
    const position = Number(target.closest<HTMLElement>('[data-position]')?.dataset.position ?? -1)
    if (position < 0) return
    const index = visible[position] ?? 0
    if (target.classList.contains('toggle')) setClosed(index, !closed.has(index))
    else move(position)
  })
  let isDue = false
  const drawSoon = (): void => {
    if (isDue) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      draw()
    })
  }
  tree.addEventListener('scroll', drawSoon, { passive: true })
  new ResizeObserver(drawSoon).observe(tree)
  list()
  return (text) => {
    needle = text
    list()
  }
}

function withAncestors(rows: Lives['rows'], matches: (index: number) => boolean): Set<number> {
  const kept = new Set<number>()
  const line: number[] = []
  for (const [index, [depth]] of rows.entries()) {
    line.length = depth
    line[depth] = index
    if (!matches(index)) continue
    for (const each of line) if (each !== undefined) kept.add(each)
  }
  return kept
}

function element(name: string, className: string, attributes: Record<string, string>): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

function span(text: string, className = ''): HTMLElement {
  const made = element('span', className, {})
  made.textContent = text
  return made
}

function link(text: string, anchor: string): HTMLElement {
  const made = element('a', '', { href: `#${anchor}`, tabindex: '-1' })
  made.textContent = text
  return made
}

/** Without the date, where all is within a day; with milliseconds, where all is within some seconds. */
function shortTime(date: Date, spanMs: number): string {
  const text = date.toISOString().replace('T', ' ')
  return text.slice(spanMs < 86_400_000 ? 11 : 0, spanMs < 20_000 ? 23 : 19)
}
