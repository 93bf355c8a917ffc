/** What is said of what a stop left behind. */
import type { Site } from '../schema/report.ts'

export interface Left {
  readonly name: string
  /** What users write to end it, as code. */
  readonly call: string
  readonly site: Site | null
  count: number
}

/** More than these are counted by name. */
const namedAtMost = 3

/** `its pg.Pool (src/repo.ts:4)`, of three of them `their 3 pg.Pool (src/repo.ts:4)`. */
function nameOf({ name, site, count }: Left, isOne: boolean, show: (site: Site) => string): string {
  const place = site === null ? '' : ` (${show(site)})`
  return `${isOne ? 'its' : 'their'} ${count > 1 ? `${count} ` : ''}${name}${place}`
}

/** `its pg.Pool (src/repo.ts:4) was`; `null`: there are none, or too many. */
export function leftNames(
  left: readonly Left[],
  isOne: boolean,
  show: (site: Site) => string,
): string | null {
  if (left.length === 0 || left.length > namedAtMost) return null
  const areMany = left.length > 1 || left.some(({ count }) => count > 1)
  return `${listed(left.map((each) => nameOf(each, isOne, show)))} ${areMany ? 'were' : 'was'}`
}

/** ``its pg.Pool (src/repo.ts:4): `await pool.end()` ``, each with its call, and then the `others`. */
export function leftCalls(
  left: readonly Left[],
  isOne: boolean,
  show: (site: Site) => string,
  others: string,
): string | null {
  if (left.length === 0 || left.length > namedAtMost) return null
  const calls = left.map((each) => `${nameOf(each, isOne, show)}: ${each.call}`)
  return listed(others === '' ? calls : [...calls, others])
}

/** `a`, `a and b`, `a, b and c` */
function listed(parts: readonly string[]): string {
  const [first = '', ...others] = parts
  const last = others.pop()
  return last === undefined ? first : `${[first, ...others].join(', ')} and ${last}`
}
