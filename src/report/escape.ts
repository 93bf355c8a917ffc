import { Buffer } from 'node:buffer'

/** Control characters, line separators and what turns the direction of text: they could forge lines or hide some. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
/** JSON itself escapes those below U+0020; line ends between its tokens are its own. */
const unprintableInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const short: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Text of the program's, as one line that does nothing to a terminal: `\n`, `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(unprintable, (character) => short[character] ?? codePoint(character))
}

/** The same for what is JSON already; it stays JSON of the same value. */
export function escapeJson(json: string): string {
  return json.replace(unprintableInJson, codePoint)
}

/** Halves of a character, which a name may be cut into, become U+FFFD. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function codePoint(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
