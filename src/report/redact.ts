/**
 * Cuts what may be a secret out of source lines and details. Where it is in doubt it cuts: a report may travel further
 * than the program's source. Code that holds no literal (`password: process.env.PASSWORD`) stays as it is.
 */
const cut = '***'

/** What a value is called that nobody else should read; part of a longer name too: `dbPassword`, `X-Api-Key`. */
const secretName = [
  'passw(?:or)?d',
  'passphrase',
  '(?<![a-z])(?:db|user)?_?pass',
  '(?<![a-z])pwd',
  'secret',
  'token',
  'authorization',
  'cookie',
  '(?:api|access|private|encryption|signing|account)[_-]?key',
].join('|')
const suffix = '(?:[_-]?(?:key|value|string))?'

/** `password: '…'`, `token === "…"`, `setSecret('…')`, `['--token', '…']`; `typeof token === 'string'` tells nothing. */
const assignedLiteral = new RegExp(
  `((?:${secretName})${suffix}["'\`]?\\]?(?:\\s*\\??:\\s*\\w+)?\\s*(?:[!=]?={1,2}|\\?\\?=|\\|\\|=|[:=,(])\\s*)` +
    `(["'\`])(?!(?:string|object|undefined|function)\\2)(?:\\\\.|(?!\\2).)*(\\2|$)`,
  'gis',
)
/** `PASSWORD=…` and `Password=…;` as on command lines and in connection strings. */
const assignedBare = new RegExp(`((?:${secretName})${suffix}=)(?![=>{$("'\`*])[^\\s&;,'"\`)]+`, 'gi')
/** `--password …`. */
const flag = new RegExp(`(--?[\\w-]{0,40}(?:${secretName})${suffix}\\s+)(?!-)[^\\s'"\`$]+`, 'gi')

const rules: readonly (readonly [RegExp, string])[] = [
  // A password may hold anything but a quote: up to the last `@` of the address.
  [/([a-z][a-z0-9+.-]{0,30}:\/\/)(?:[^\s/'"`]*:[^\s'"`]*|[^\s/?#'"`]*)@/gi, `$1${cut}@`],
  [/([a-z][a-z0-9+.-]{0,30}:\/\/[^\s'"`?#<>]*[?#])[^\s'"`<>]+/gi, `$1${cut}`],
  // Paths with a query: in quotes, or alone as in a detail.
  [/((?:["'`][^"'`\s?]*|(?:^|[\s=(])\/[^"'`\s?]*)\?)[\w.~%[\]-]+=[^"'`\s]*/g, `$1${cut}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*/gs, cut],
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, cut], // JSON Web Tokens: `{"` in base64
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,}\b/g, cut], // Amazon Web Services
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_)\w{8,}/g, cut], // GitHub, GitLab, npm
  [/\b(?:sk|rk|pk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{8,}/g, cut], // OpenAI, Anthropic, Stripe
  [/\b(?:xox[a-z]-[\w-]{8,}|AIza[\w-]{20,})/g, cut], // Slack, Google
  [/\b(Bearer\s+)[\w.~+/=-]+/gi, `$1${cut}`],
  [/(["'`:]\s?Basic\s+)[\w+/=-]+/gi, `$1${cut}`],
  [assignedLiteral, `$1$2${cut}$3`],
  [assignedBare, `$1${cut}`],
  [flag, `$1${cut}`],
]

/** Longer texts are cut off first, so that no rule takes long. */
const longest = 4000

/** An address holds no secret, and a server has thousands of them. */
const address = /^[\da-f.:[\]]{0,64}$/

/** `text` with `***` in place of credentials, query strings and fragments. */
export function redact(text: string): string {
  if (address.test(text)) return text
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return rules.reduce((kept, [pattern, replacement]) => kept.replace(pattern, replacement), short)
}
