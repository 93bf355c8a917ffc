/** Lines of limited width. The text that comes in is one line without control characters, of whatever length. */

/** Wraps at spaces. Breaks a word that is longer than a line after a `/`, or where the line ends. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const word of text.split(' ')) {
    if (line !== '' && isLonger(word, width - 1 - used)) {
      lines.push(line.trimEnd())
      line = ''
    }
    if (line === '') {
      line = word
      while (isLonger(line, width)) {
        const head = breakable(line, width)
        lines.push(head)
        line = line.slice(head.length)
      }
      used = length(line)
    } else {
      line = `${line} ${word}`
      used += 1 + length(word)
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines
}

/** Cuts a text that is too long. It then ends with `…`. */
export function clip(text: string, width: number): string {
  return isLonger(text, width) ? `${first(text, width - 1)}…` : text
}

/** The number of characters. One of two code units counts once. */
export function length(text: string): number {
  let count = 0
  for (const _character of text) count += 1
  return count
}

/** Looks at no more of the text than it takes: it may be megabytes. */
function isLonger(text: string, width: number): boolean {
  return text.length > 2 * Math.max(0, width) || length(text) > width
}

function first(text: string, characters: number): string {
  return [...text.slice(0, 2 * characters)].slice(0, characters).join('')
}

function breakable(line: string, width: number): string {
  const head = first(line, width)
  const slash = head.lastIndexOf('/') + 1
  return slash > head.length / 3 ? head.slice(0, slash) : head
}
