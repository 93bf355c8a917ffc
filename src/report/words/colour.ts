/** What a part of a text means. Its colour follows from that. */
export type Tone = 'leak' | 'warning' | 'resolved' | 'title' | 'label' | 'plain'

export type Paint = (tone: Tone, text: string) => string

const codes: Readonly<Record<Tone, readonly [string, string] | null>> = {
  leak: ['\u001b[31m', '\u001b[39m'],
  warning: ['\u001b[33m', '\u001b[39m'],
  resolved: ['\u001b[32m', '\u001b[39m'],
  title: ['\u001b[1m', '\u001b[22m'],
  label: ['\u001b[2m', '\u001b[22m'],
  plain: null,
}

/** Uses the basic colours only: every terminal has them, in the shades that its user chose. */
export function painter(coloured: boolean): Paint {
  return (tone, text) => {
    const code = coloured && text !== '' ? codes[tone] : null
    return code === null ? text : `${code[0]}${text}${code[1]}`
  }
}
