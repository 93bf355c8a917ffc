/** Shows the findings that fit the search and the filters. */

export interface Filtering {
  /** Is called with each text that is searched for, in small letters. */
  listen(listener: (text: string) => void): void
  clear(): void
  search: HTMLInputElement | null
  findings: readonly HTMLElement[]
}

const pauseMs = 80

export function filtering(): Filtering {
  const findings = [...document.querySelectorAll<HTMLElement>('article[data-kind]')]
  const form = document.querySelector<HTMLFormElement>('.tools')
  const search = form?.querySelector<HTMLInputElement>('[name=text]') ?? null
  const selects = [...(form?.querySelectorAll('select') ?? [])]
  const shown = form?.querySelector('output') ?? null
  const listeners: ((text: string) => void)[] = []
  const texts = new Map<HTMLElement, string>()
  let timer = 0
  let searched = ''

  const textOf = (finding: HTMLElement): string => {
    const known = texts.get(finding) ?? finding.textContent?.toLowerCase() ?? ''
    texts.set(finding, known)
    return known
  }
  const apply = (): void => {
    const text = search?.value.trim().toLowerCase() ?? ''
    let count = 0
    for (const finding of findings) {
      const fits =
        selects.every(({ name, value }) => value === '' || finding.dataset[name] === value) &&
        (text === '' || textOf(finding).includes(text))
      finding.hidden = !fits
      if (fits) count += 1
    }
    if (shown !== null)
      shown.value = `${count === findings.length ? '' : `${count} of `}${findings.length.toLocaleString('en-US')} findings`
    if (text !== searched) for (const listener of listeners) listener(text)
    searched = text
  }

  if (form !== null) form.hidden = false
  form?.addEventListener('submit', (event) => event.preventDefault())
  form?.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(apply, pauseMs)
  })
  return {
    search,
    findings,
    listen: (listener) => void listeners.push(listener),
    clear() {
      form?.reset()
      apply()
    },
  }
}
