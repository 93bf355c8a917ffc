/** Lines of limited width. All text that comes in is on one line and free of control characters. */

/** Wraps at spaces. A word that is longer than a line is broken after a `/`, else where the line ends. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && length(line) + 1 + length(word) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    while (length(line) > width) {
      const head = breakable(line, width)
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines
}

/** Ends with `…` where it is too long. */
export function clip(text: string, width: number): string {
  return length(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`
}

/** In characters; those of two code units count once. */
export function length(text: string): number {
  return [...text].length
}

function breakable(line: string, width: number): string {
  const head = [...line].slice(0, width).join('')
  const slash = head.lastIndexOf('/') + 1
  return slash > head.length / 3 ? head.slice(0, slash) : head
}
