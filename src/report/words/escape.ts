import { Buffer } from 'node:buffer'

/** Control characters, line separators and characters that change the direction of text: they could forge or hide lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
/** The same without those below U+0020: JSON escapes them in strings, and may have line ends between its tokens. */
const unprintableInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const short: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Nobody reads more of one text, and a report of another leakwatch may have megabytes. */
const longest = 10_000

/** Makes text of the program one line that is harmless to a terminal: `\n`, `\u001b`. */
export function escapeControls(text: string): string {
  const read = text.length > longest ? `${text.slice(0, longest)}…` : text
  return read.replace(unprintable, (character) => short[character] ?? codePoint(character))
}

/** Does the same with JSON, which keeps its value. */
export function escapeJson(json: string): string {
  return json.replace(unprintableInJson, codePoint)
}

/** Half a character, which is left where a name was cut, becomes U+FFFD. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function codePoint(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
