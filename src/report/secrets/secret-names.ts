/** Names of secret values. */

/** Also as part of a longer name: `dbPassword`, `X-Api-Key`. */
const names = [
  'passw(?:or)?ds?',
  'passphrases?',
  'passcodes?',
  '(?<![a-z])(?:db|user)?_?pass(?![a-z])(?!"?\\s*[,(])',
  '(?<![a-z])(?:db)?_?pwd?(?![a-z])',
  'secrets?',
  'credentials?',
  'mnemonic',
  'token',
  'authorization',
  'cookie',
  '(?<![a-z])auth(?=["\'`]?\\s*[:=])',
  '(?<![a-z])(?:jwt|otp|dsn|sig)(?=["\'`]?\\s*[:=])',
  '(?<=\\.)auth(?=\\()',
  // `createHmac('sha256', '…')`, `jwt.sign(payload, '…')`
  'createHmac\\(\\s*["\'`][\\w/-]+(?=["\'`]\\s*,)',
  '(?<=\\bjwt\\.)sign\\(\\s*[\\w.]+(?=\\s*,)',
  'signature(?=["\'`]?\\s*[:=])',
  'session_?id(?=["\'`]?\\s*[:=])',
  'webhook(?:_?url)?(?=["\'`]?\\s*[:=])',
  '(?:api|access|private|encryption|signing|account|master|shared|license|deploy|storage|subscription|consumer|session|hmac|aes|auth|admin|service[_-]?role)[_-]?keys?',
]

const suffix = '(?:[_-]?(?:key|value|string))?'

export const secretName: string = `(?:${names.join('|')})${suffix}`

/** The number after one of these is hardly a secret: `{ pass: 112, fail: 0 }`. */
export const countsSomething: RegExp = /(?:^|[^a-z])(?:pass|cookie|auth|sig)$/i

/** An object under such a name has names of its own: `auth: { user: 'me', pass: '…' }`. */
export const mayHoldOthers: RegExp = /(?:auth|cookie|webhook|signature)$/i
