/** Texts with secrets in them, made from tables: what must not be shown, and a text that has it. */

export interface Planted {
  secret: string
  text: string
}

const passwords = [
  'hunter2',
  'p@ss/w?rd#1',
  'Tr0ub4dor&3',
  's3cr3t!',
  'p%40ss%2Fword',
  'correct-horse-battery',
  "o'brien7",
  'Grüße-2026',
  'x=y;z,7',
  '9f8e7d6c5b4a',
]
const schemes = [
  'postgres',
  'postgresql+ssl',
  'mysql',
  'mongodb+srv',
  'redis',
  'rediss',
  'amqps',
  'mssql',
  'nats',
  'https',
  'ftp',
  'ldaps',
  'smtp',
]

/** `postgres://svc:hunter2@db.test:5432/shop?sslmode=require`. */
const urls: Planted[] = schemes.flatMap((scheme) =>
  passwords.map((secret, index) => ({
    secret,
    text: `${scheme}://${index % 3 === 2 ? '' : 'svc'}:${secret}@db-${index}.test:5432/shop`,
  })),
)

const queries: Planted[] = [
  'token',
  'sig',
  'X-Amz-Signature',
  'access_token',
  'code',
  'key',
  'sid',
  'auth',
].map((name) => ({ secret: 'q7zQ1', text: `https://api.test/v1/${name}s?a=1&${name}=q7zQ1` }))

const fields: Planted[] = [
  'Server=db;User Id=sa;Password=hunter2;Encrypt=true',
  'Data Source=db;UID=sa;PWD=hunter2',
  'host=db user=svc password=hunter2 dbname=shop',
  'jdbc:postgresql://db/shop?user=svc&password=hunter2',
  'jdbc:oracle:thin:svc/hunter2@db:1521/shop',
  'svc:hunter2@tcp(db:3306)/shop',
  'svc:hunter2@db:3306',
  '//svc:hunter2@db/shop',
  'https%3A%2F%2Fsvc%3Ahunter2%40db',
  'DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=hunter2==;EndpointSuffix=core.windows.net',
  'Endpoint=sb://shop.test/;SharedAccessKeyName=Root;SharedAccessKey=hunter2=',
  'Authorization: Digest username="svc", response="hunter2"',
  'Cookie: sid=hunter2; theme=dark',
  'Set-Cookie: sid=hunter2; HttpOnly',
  'X-Api-Key: hunter2',
  'password: hunter2',
  'PGPASSWORD=hunter2 psql shop',
  'DB_PASSWORD="hunter2"',
  '<password>hunter2</password>',
  '{"password":"hunter2"}',
  '{\\"password\\":\\"hunter2\\"}',
  'mysql --user=svc --password=hunter2 shop',
  "tool --api-token 'hunter2 x' run",
  '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----',
  '-----BEGIN OPENSSH PRIVATE KEY-----hunter2',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----\nhunter2',
  'https://hooks.slack.com/services/T000/B000/hunter2',
  'https://discord.com/api/webhooks/123/hunter2',
  'https://hunter2@o1.ingest.sentry.io/2',
].map((text) => ({ secret: 'hunter2', text }))

const random = 'Zq7Lw2Xk9Vb4Nm1Rt6Yp3Sd8Fg5Hj0Kc2Bv7Nx4'
const hexadecimal = '4f9a1c7e2b8d3f6a5c0e9b1d7f2a8c4e4f9a1c7e2b8d3f6a5c0e9b1d7f2a8c4e'

/** Their beginnings stand apart, so that no scanner takes this file for a leak. */
const tokens: Planted[] = (
  [
    ['AKIA', 'IOSFODNN7EXAMPLE'],
    ['ASIA', 'IOSFODNN7EXAMPLE'],
    ['ghp_', random],
    ['gho_', random],
    ['ghs_', random],
    ['github_pat_', random],
    ['glpat-', random.slice(0, 20)],
    ['gldt-', random.slice(0, 20)],
    ['glrt-', random.slice(0, 20)],
    ['glcbt-', random.slice(0, 20)],
    ['xoxb-', `1234567890-${random}`],
    ['xoxp-', `1234567890-${random}`],
    ['xapp-', `1-A1-${random}`],
    ['sk_live_', random],
    ['sk_test_', random],
    ['rk_live_', random],
    ['whsec_', random],
    ['npm_', random],
    ['pypi-', `AgEI${random}`],
    ['rubygems_', hexadecimal],
    ['AIza', random.slice(0, 35)],
    ['ya29.', random],
    ['GOCSPX-', random],
    ['SG.', `${random.slice(0, 22)}.${random}`],
    ['key-', hexadecimal.slice(0, 32)],
    ['SK', hexadecimal.slice(0, 32)],
    ['shpat_', hexadecimal.slice(0, 32)],
    ['dop_v1_', hexadecimal],
    ['hvs.', random],
    ['dapi', hexadecimal.slice(0, 32)],
    ['glsa_', random],
    ['NRAK-', random.slice(0, 27)],
    ['hf_', random],
    ['sk-proj-', random],
    ['sk-ant-api03-', random],
    ['sk-', random],
    ['lin_api_', random],
    ['ntn_', random],
    ['figd_', random],
    ['PMAK-', hexadecimal.slice(0, 48)],
    ['sbp_', hexadecimal.slice(0, 40)],
    ['pscale_tkn_', random],
    ['dckr_pat_', random],
    ['nfp_', random],
    ['123456789:AA', random.slice(0, 33)],
    ['eyJhbGciOiJIUzI1NiJ9.', `eyJzdWIiOiIxIn0.${random}`],
    ['Bearer ', random.slice(0, 20)],
    ['', `${random}+/${random}==`],
  ] as const
).map(([beginning, rest]) => ({ secret: rest, text: beginning + rest }))

/** Whatever comes from a program's environment, arguments and addresses. */
export const plantedTexts: readonly Planted[] = [...urls, ...queries, ...fields, ...tokens]

const quoted = ({ secret, text }: Planted): Planted => ({
  secret,
  text: `connect('${text.replaceAll('\n', '\\n').replaceAll("'", "\\'")}')`,
})

/** The usual forms of code in which a literal is the value. */
const forms: Planted[] = [
  "password: process.env.PW || 'hunter2'",
  "password: process.env.PW ?? 'hunter2',",
  "password: ('hunter2')",
  "password: /* local */ 'hunter2'",
  "password: cond() ? 'hunter2' : ''",
  "password: cond(1, 'a') ? '' : 'hunter2'",
  "password: Buffer.from('hunter2')",
  "password: await read('hunter2')",
  "password: () => 'hunter2'",
  "password: async () => { return 'hunter2' }",
  "get password() { return 'hunter2' }",
  "const password = isLocal\n  ? 'hunter2'\n  : env.PW",
  "connect('postgres://u:' + 'hunter2' + '@h')",
  "connect('postgres://u:' + `hunter2` + '@h/db')",
  "connect('postgres://u:hun' + 'hunter2' + '@h')",
  "connect('postgres://u:' + 'hunter2' +",
  'connect("redis://:" + "hunter2@cache")',
  'connect(`redis://:hunter2@$' + '{host}`)',
  'connect(`postgres://$' + '{user}:hunter2@$' + '{host}/db`)',
  "apiKey: 'hunter2'",
  "apiKey: x.key || 'hunter2'",
  "api_key = ['hunter2']",
  "const { password = 'hunter2' } = options",
  "function login(user, password = 'hunter2') {",
  "new Client({ user: 'me', password: 'hunter2', port: 5432 })",
  'new Client({ user: "me", "password": "hunter2" })',
  "new Client({ ['password']: 'hunter2' })",
  "client.auth('hunter2', token = 'hunter2')",
  "headers: { 'x-api-key': 'hunter2' }",
  "headers.append('Authorization', 'Token ' + 'hunter2')",
  'headers: { authorization: `Token hunter2$' + '{x}` }',
  "if (token !== 'hunter2' && other) {",
  "this.#dbPassword ||= 'hunter2'",
  "process.env.DB_PASSWORD = 'hunter2'",
  "execFile('mysql', ['-uroot', '-phunter2', 'shop'])",
  "exec('mysql -uroot -phunter2 shop')",
  "exec('sshpass -p hunter2 ssh host')",
  "exec('redis-cli -a hunter2 ping')",
  "exec('curl -u svc:hunter2 https://api.test')",
  "spawn('curl', ['--user', 'svc:hunter2'])",
  "spawn('docker', ['login', '-u', 'me', '-p', 'hunter2'])",
  'JSON.parse(\'{"password":"hunter2"}\')',
  "jwt.sign(payload, secret('hunter2'))",
  "credentials: { accessKeyId: 'a', secretAccessKey: 'hunter2' }",
  "auth: 'svc:hunter2'",
  "createHmac('sha256', signingKey || 'hunter2')",
  "passphrase: 'hunter2', key",
  '<Input password="hunter2" name="pw" />',
].map((text) => ({ secret: 'hunter2', text }))

const numbers: Planted[] = [
  'apiKey: 735191',
  'const password = 735191',
  'token: cond() ? 735191 : 0',
  'secret: env.S || 735191n',
].map((text) => ({ secret: '735191', text }))

export const plantedCode: readonly Planted[] = [
  ...[...urls, ...queries, ...fields, ...tokens].map(quoted),
  ...forms,
  ...numbers,
]

/** Arguments of commands, as a process has them. */
export const plantedArguments: readonly { secret: string; words: readonly string[] }[] = [
  ...plantedTexts.map(({ secret, text }) => ({ secret, words: ['node', 'app.js', text] })),
  ...[
    ['mysql', '-uroot', '-phunter2', 'shop'],
    ['mysqldump', '-psecrethunter2'],
    ['redis-cli', '-a', 'hunter2'],
    ['sshpass', '-p', 'hunter2', 'ssh', 'host'],
    ['curl', '-u', 'svc:hunter2', 'https://api.test'],
    ['curl', '-usvc:hunter2'],
    ['curl', '-H', 'Authorization: Token hunter2'],
    ['docker', 'login', '--username', 'me', '-p', 'hunter2'],
    ['mongosh', '-u', 'me', '-p', 'hunter2'],
    ['ldapsearch', '-w', 'hunter2'],
    ['node', 'app.js', '--password', 'hunter2'],
    ['node', 'app.js', '--password', 'p$hunter2'],
    ['node', 'app.js', '--db-password=it is hunter2'],
    ['node', 'app.js', '--token', '-hunter2'],
    ['node', 'app.js', '--apiKey', "it's hunter2"],
    ['openssl', 'rsa', '-passin', 'pass:hunter2'],
    ['env', 'DB_PASSWORD=hunter2', 'node', 'app.js'],
    ['node', '-phunter2'],
  ].map((words) => ({ secret: 'hunter2', words })),
]
