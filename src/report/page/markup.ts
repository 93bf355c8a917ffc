/** HTML in which every text of the program is escaped. Whatever makes markup gives `Markup`; all else is text. */
import { escapeControls } from '../words/escape.ts'

export interface Markup {
  readonly html: string
}

type Part = Markup | string | number | readonly Part[] | null | false

/** A template of markup: what is put into it is escaped, unless it is markup itself. Lists are joined; `null` and `false` are nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = pieces[0] ?? ''
  for (const [index, part] of parts.entries()) text += htmlOf(part) + (pieces[index + 1] ?? '')
  return { html: text }
}

function htmlOf(part: Part): string {
  if (part === null || part === false) return ''
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  return 'html' in part ? part.html : part.map(htmlOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (character) => entities[character] as string)
}

/** Data for the page's script. No text in it can end the element that it stands in, or begin another. */
export function jsonMarkup(value: unknown): Markup {
  const json = JSON.stringify(value)
  return {
    html: json
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replace(
        /[\u2028\u2029\u007f-\u009f]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  }
}
