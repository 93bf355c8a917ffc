/**
 * The one door through which texts leave the process: it cuts what may be a secret. In doubt it cuts: a report may get to more people
 * than the source does. Code without a literal (`password: process.env.PASSWORD`) stays as it is.
 */
import { withoutCredentials } from './addresses.ts'
import { maybeCommand, withoutSecretArguments, withoutSecretWords } from './arguments.ts'
import { withoutAssignedLiterals } from './assigned-literals.ts'
import { secretName } from './secret-names.ts'
import { issuedTokens, secretAddresses, withoutRandomTexts } from './tokens.ts'

const cut = '***'

/** A value may have a quote, a comma or a bracket in it, not at its end. */
const bare = `(?:[^\\s&;,'"\`)\\]}]|[,'"\`)\\]}](?=[^\\s,;'"\`)\\]}]))+`
/** `PASSWORD=…` and `Password=…;` as on command lines and in connection strings. */
const assignedBare = new RegExp(`(${secretName}(?:=|%3D))(?![=>{$("'\`*])${bare}`, 'gi')
/** `--password …`. */
const flag = new RegExp(
  `((?<![\\w-])--?[\\w-]{0,40}(?:${secretName})\\s+)(?![-$])(?:(\\\\*["'])(?:(?!\\2).)*\\2|[^\\s'"\`]+)`,
  'gi',
)
const element = new RegExp(`(<(?:\\w+:)?[\\w-]*(?:${secretName})>)[^<]+(?=<)`, 'gi')

/** What stands at the end of a shortened text may be the beginning of an address with a password. */
const halfAddress = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@]*:[^\s@]*…$/i

const rules: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [^-]*-----|[\s\S]*)/g, cut],
  [halfAddress, `$1${cut}…`],
  [secretAddresses, `$1${cut}`],
  [issuedTokens, cut],
  [/\b(Bearer\s+)(?!\*)[\w.~+/=-]+/gi, `$1${cut}`],
  [/(["'`:]\s?(?:Basic|Digest)\s+)[\w+/=-]{3,}/gi, `$1${cut}`],
  [/((?:AccountKey|SharedAccessKey|SharedAccessSignature|sig)=)[^;&\s'"`]+/g, `$1${cut}`],
  [element, `$1${cut}`],
]

/** In texts that are no code, `password: …` gives a value if that looks like one. */
const spoken = new RegExp(
  `((?:${secretName})["']?\\s*(?::|%3A|\\bis)\\s*)(?=[^\\s]*[\\d!@#$%^&*])(?![\\[({*]|\\$\\{|%[a-z]\\b)(?:(?=[^\\s]{4,})${bare})`,
  'gi',
)
const header = /((?:proxy-)?authorization|(?:set-)?cookie)(\s*:\s*)(?!["'`*])[^\n'`]*/gi
const literal = /(["'`])(?:\\.|(?!\1)[^\\])*\1/gs

/** A longer text is shortened first, so that no rule takes long. */
const longest = 4000

/** Neither an address nor a time is a secret, and a server has thousands of them. */
const address = /^(?:[\da-f.:[\]]{0,64}|[\dTZ:.+-]{0,40})$/
/** Nor is a short name, and most texts are names. */
const shortName = /^[\w$.# -]{0,15}$/

/** Every rule needs one of these. Most texts have none, and are looked at once. */
const suspicious = new RegExp(
  [
    secretName,
    '[@?#]|:\\/\\/|%3a|-----BEGIN|\\.com\\/|eyJ',
    'bearer|basic|digest',
    // tokens, and what is as random
    '[\\w-]{16}|[\\w+\\/-]{32}|(?=[\\w-]{12})[a-z]*[\\d_-]|\\d:AA',
    maybeCommand.source,
  ].join('|'),
  'i',
)

/** A line of code, with `***` in place of credentials, query strings and fragments. */
export function redact(code: string): string {
  return cutText(code, true)
}

/** A text that is no code: a name, an address, the name of a test, a message. */
export function redactText(text: string): string {
  return cutText(text, false)
}

function cutText(text: string, isCode: boolean): string {
  if (address.test(text) || shortName.test(text)) return text
  const short = shortened(text, longest)
  if (!suspicious.test(short)) return short
  const addressed = withoutCredentials(withoutKnownForms(short), cut, isCode)
  const told = isCode ? addressed.replace(literal, (whole) => withoutTold(whole)) : withoutTold(addressed)
  const kept = withoutAssignedLiterals(told, cut).replace(assignedBare, `$1${cut}`).replace(flag, `$1${cut}`)
  return withoutRandomTexts(withoutSecretArguments(kept, cut), cut)
}

function withoutKnownForms(text: string): string {
  return rules.reduce((kept, [pattern, replacement]) => kept.replace(pattern, replacement), text)
}

function withoutTold(text: string): string {
  return text.replace(header, `$1$2${cut}`).replace(spoken, `$1${cut}`)
}

/** A text that is longer than `limit` ends with `…`, and not in the middle of a character. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = /[\ud800-\udbff]/.test(text[limit - 1] as string) ? limit - 1 : limit
  return `${text.slice(0, end)}…`
}

/** A path folder by folder: what looks like a secret in one does not take the file's name with it. Addresses and keys have slashes. */
export function redactPath(path: string): string {
  const short = shortened(path, longest)
  if (!suspicious.test(short)) return short
  const whole = withoutCredentials(withoutKnownForms(short), cut, false)
  return whole.split('/').map(redactText).join('/')
}

/** The words of a command. A secret may have spaces in it, or follow a flag that says what it is. */
export function redactArguments(words: readonly string[]): string[] {
  return withoutSecretWords(words, cut, redactText)
}
