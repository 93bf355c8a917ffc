/** Texts of the program as a report has them: without secrets, and no longer than somebody reads. They repeat, so each is cut once. */
import { redact, redactPath, redactText, shortened } from './redact.ts'

const longestName = 200
const longestText = 2000
const kept = 2000

/** A name, as of an engine, a function, a service. */
export const shownName: (name: string) => string = once((name) => shortened(redactText(name), longestName))

/** A message, an address, the name of a test. */
export const shownText: (text: string) => string = once((text) => shortened(redactText(text), longestText))

export const shownPath: (path: string) => string = once((path) => shortened(redactPath(path), longestText))

/** A line of code. */
export const shownCode: (code: string) => string = once((code) => shortened(redact(code), longestText))

export function shownSite<Site extends { file: string }>(site: Site): Site {
  const file = shownPath(site.file)
  return file === site.file ? site : { ...site, file }
}

/** Forgets all once there are many: a server has thousands of addresses. */
function once(cut: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    let shown = known.get(text)
    if (shown === undefined) {
      shown = cut(text)
      if (known.size === kept) known.clear()
      // A very long text would stay in memory for as long as the process lives.
      if (text.length <= longestText) known.set(text, shown)
    }
    return shown
  }
}
