/** Cuts credentials, query strings and fragments out of addresses. */

const scheme = '[a-z][a-z0-9+.-]{0,30}:\\/\\/'
/** `http://localhost:5173/@vite/client` has no credentials. */
const isPort = '(?![^\\s/:@]*:\\d{2,5}\\/@)'

/** A password may contain anything but a quote: it ends at the last `@` of the address. */
const userInCode = new RegExp(`(${scheme})${isPort}(?:[^\\s/'"\`]*:[^\\s'"\`]*|[^\\s/?#'"\`]*)@`, 'gi')
/** In a text that is no code, it may contain quotes, too. */
const userInText = new RegExp(`(${scheme})${isPort}(?:[^\\s/]*:\\S*|[^\\s/?#]*)@`, 'gi')
/** And spaces, where what follows the colon is no port. */
const userWithSpaces = new RegExp(`(${scheme})[^\\s/@]*:(?!\\d+(?:[\\s/?#]|$))[^@\\n]*@(?=[\\w[])`, 'gi')
/** A path keeps one slash of an address. A drive of Windows has one letter. */
const userInPath = /([a-z][a-z0-9+.-]{1,30}:\/)(?!\/)(?:[^\s/@:]*:\S*|[^\s/@]+)@/gi
/** `'postgres://u:' + 'x' + '@h'`. */
const userInParts = new RegExp(
  `((["'\`])${scheme}[^\\s/@'"\`]*:)([^\\s/@'"\`]*\\2)((?:\\s*\\+\\s*(?:(["'\`])(?:\\\\.|(?!\\5).)*\\5|[\\w$.]+(?:\\([^()]*\\))?))+)`,
  'gi',
)
/** `user:password@host`, as of MySQL drivers; `npm:pkg@1.0.0` names a version. */
const userAlone =
  /(?<![\w/:.@-])(?!(?:mailto|npm|jsr|sips?|xmpp|acct|workspace|link|file|portal|patch|git|node|catalog):)([\w.+-]{1,64}):(?!\/\/)[^\s'"`@/:,;(){}[\]]{3,}@(?!\d+\.\d+\.\d+(?![.\d]))(?=[\w[(])/g

const queries: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(${scheme}[^\\s'"\`?#<>]*[?#])[^\\s'"\`<>]+`, 'gi'), '$1'],
  // Paths with a query: in quotes, or alone as in a detail.
  [/((?:["'`][^"'`\s?]*|(?:^|[\s=(])\/[^"'`\s?]*)\?)[\w.~%[\]-]+=[^"'`\s]*/g, '$1'],
  [/(%3a%2f%2f)[^\s'"`]*?(?=%40)/gi, '$1'],
  [/((?:^|[\s'"`=(])\/\/)[^\s/:@'"`]+:[^\s@'"`]+(?=@)/g, '$1'],
  [/(jdbc:[\w:]+:)[^\s/:@'"`]+\/[^\s@'"`]+(?=@)/gi, '$1'],
]

/** What an address with one of these has. */
const mayBeAddress = /[@?#]|:\/\/|%3a|jdbc:/i

export function withoutCredentials(text: string, cut: string, isCode: boolean): string {
  if (!mayBeAddress.test(text)) return text
  let kept = text.replace(userInParts, (_all, start: string, _quote, rest: string, chain: string) => {
    return start + withoutPassword(rest, cut) + chainWithoutPassword(chain, cut)
  })
  kept = kept.replace(isCode ? userInCode : userInText, `$1${cut}@`)
  if (!isCode) kept = kept.replace(userWithSpaces, `$1${cut}@`).replace(userInPath, `$1${cut}@`)
  for (const [pattern, start] of queries) kept = kept.replace(pattern, `${start}${cut}`)
  return kept.replace(userAlone, `$1:${cut}@`)
}

/** What stands between the colon and the end of the first literal. */
function withoutPassword(rest: string, cut: string): string {
  const body = rest.slice(0, -1)
  // `'http://localhost:3000' + path`
  return body === '' || /^\d{1,5}$/.test(body) ? rest : `${cut}${rest.slice(-1)}`
}

/** Each literal up to the `@`, as far as it is no port and no path. */
function chainWithoutPassword(chain: string, cut: string): string {
  let isOver = false
  return chain.replace(/(["'`])((?:\\.|(?!\1).)*)\1/g, (whole, quote: string, body: string) => {
    if (isOver) return whole
    const at = body.lastIndexOf('@')
    isOver = at >= 0 || /^\/|^\d{1,5}$/.test(body)
    if (at === 0 || (isOver && at < 0) || body === '') return whole
    return `${quote}${cut}${at < 0 ? '' : body.slice(at)}${quote}`
  })
}
