/** Finds the name that somebody may have meant. Loaded where something is wrong. */

/** ` Did you mean …?` if one of `names` is similar. All of them begin with `prefix`. */
export function didYouMean(given: string, names: Iterable<string>, prefix = ''): string {
  const word = letters(given.slice(prefix.length))
  let nearest: string | null = null
  let leastDistance = word.length / 2
  for (const name of names) {
    const distance = letterDistance(word, letters(name.slice(prefix.length)))
    if (distance >= leastDistance) continue
    leastDistance = distance
    nearest = name
  }
  return nearest === null ? '' : ` Did you mean \`${nearest}\`?`
}

/** As keys and variables have them in common: `stallMs`, `LEAKWATCH_STALL_MS`. */
function letters(name: string): string {
  return name
    .toLowerCase()
    .replace(/[_-]/g, '')
    .replace(/^leakwatch(?=.)/, '')
}

/** How many letters have to be added, removed or replaced. It is less than one if only the end differs. */
function letterDistance(from: string, to: string): number {
  const [short, long] = from.length < to.length ? [from, to] : [to, from]
  if (short.length > 2 && short !== long && long.startsWith(short)) return 0.5
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
