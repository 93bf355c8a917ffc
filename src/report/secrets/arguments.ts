/** Cuts secrets among the words of a command: `--token x`, `-px` of mysql, `-u user:x` of curl. */
import { secretName } from './secret-names.ts'

/** Which options of which programs are followed by a password, in the same word or in the next. */
const programs: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:mysql\w*|mariadb[\w-]*)$/, /^-p(?=.)/],
  [/^(?:sshpass|mongo\w*|cqlsh|login)$/, /^-p/],
  [/^(?:redis-cli|valkey-cli|keydb-cli)$/, /^-a/],
  [/^ldap\w+$/, /^-w/],
  [/^(?:sqlcmd|bcp)$/, /^-P/],
]
/** These give the user with the password. */
const userPrograms = /^(?:curl|wget|xh|https?|ab|siege)$/
const userOption = /^(?:-[uUA]|--user|--proxy-user|--basic)(?==|$)|^-[uU](?=[^-])/
/** `-pSECRET` of whatever program; `-p8080:80` is a port, and `-path` a word. */
const glued = /^-p(?![\d:.]+$)(?=.*[A-Z\d])./
const secretFlag = new RegExp(`^--?[\\w-]{0,40}(?:${secretName})$`, 'i')
const assigned = new RegExp(`^((?:--?)?[\\w.-]{0,40}(?:${secretName})=)(?![$%{*]|$)`, 'i')
const isFlag = /^(?:--\w|-\w$)/
const isPlace = /^(?:[$%{<]|\*\*\*)/

/** `words` of a command; `redactWord` cuts what is left. */
export function withoutSecretWords(
  words: readonly string[],
  cut: string,
  redactWord: (word: string) => string,
): string[] {
  const known = (word: string) => word.slice(word.lastIndexOf('/') + 1)
  let options: RegExp | null = null
  let takesUser = false
  let next: 'secret' | 'user' | null = null
  return words.map((word) => {
    const expected = next
    next = null
    if (expected !== null && word !== '' && !isFlag.test(word) && !isPlace.test(word)) {
      return expected === 'secret' ? cut : withoutPassword(word, cut)
    }
    const program = programs.find(([name]) => name.test(known(word)))
    if (program !== undefined) options = program[1]
    if (userPrograms.test(word)) takesUser = true
    if (secretFlag.test(word)) next = 'secret'
    const option = options?.exec(word)?.[0]
    if (option !== undefined) {
      if (word.length > option.length) return option + cut
      next = 'secret'
    }
    const user = takesUser ? userOption.exec(word)?.[0] : undefined
    if (user !== undefined) {
      if (word.length > user.length) return user + withoutPassword(word.slice(user.length), cut)
      next = 'user'
    }
    if (glued.test(word)) return `-p${cut}`
    const value = assigned.exec(word)?.[1]
    if (value !== undefined) return value + cut
    return redactWord(word.replace(/^pass:.+/, `pass:${cut}`))
  })
}

function withoutPassword(user: string, cut: string): string {
  const colon = user.indexOf(':')
  return colon < 0 ? user : user.slice(0, colon + 1) + cut
}

const separators = /([\s'"`,[\]()\\]+)/
/** What has to be in a text that has such words. */
export const maybeCommand: RegExp =
  /(?:^|[\s'"`/])-p\S|\b(?:mysql|mariadb|sshpass|mongo|cqlsh|login|redis-cli|valkey-cli|keydb-cli|ldap|sqlcmd|bcp|curl|wget|xh|https?|pass:)/

/** The same in a text: `exec('mysql -px')`, `spawn('mysql', ['-px'])`. */
export function withoutSecretArguments(text: string, cut: string): string {
  if (!maybeCommand.test(text)) return text
  const parts = text.split(separators)
  const words = parts.filter((_, index) => index % 2 === 0)
  const kept = withoutSecretWords(words, cut, (word) => word)
  return parts.map((part, index) => (index % 2 === 0 ? kept[index / 2] : part)).join('')
}
