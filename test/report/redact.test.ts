import { describe, expect, it } from 'vitest'
import { redact } from '../../src/report/redact.ts'

const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxIn0', 'c2lnbmF0dXJl'].join('.')

describe('a secret is cut', () => {
  it.each([
    ["new Pool('postgres://app:hunter2@db:5432/shop')", "new Pool('postgres://***@db:5432/shop')"],
    ["connect('redis://:p@ss/w?rd@cache:6379')", "connect('redis://***@cache:6379')"],
    ["fetch('https://api.test/v1/users?token=hunter2')", "fetch('https://api.test/v1/users?***')"],
    ["open('https://app.test/cb#access=hunter2')", "open('https://app.test/cb#***')"],
    ["request('/login?user=a&pw=hunter2', done)", "request('/login?***', done)"],
    ['/socket.io?sid=hunter2', '/socket.io?***'],
    [
      "const db = connect({ password: 'hunter2', port: 1 })",
      "const db = connect({ password: '***', port: 1 })",
    ],
    ['"DB_PASSWORD": "hunter2",', '"DB_PASSWORD": "***",'],
    ["const token: string = 'hunter2'", "const token: string = '***'"],
    ["if (apiKey === 'hunter2') open()", "if (apiKey === '***') open()"],
    ["auth: { user: 'me', pass: 'hunter2' }", "auth: { user: 'me', pass: '***' }"],
    ["options.clientSecret ??= 'it\\'s hunter2'", "options.clientSecret ??= '***'"],
    ["headers.set('authorization', 'hunter2')", "headers.set('authorization', '***')"],
    ["headers['x-api-key'] = 'hunter2'", "headers['x-api-key'] = '***'"],
    ["engine.setToken('hunter2')", "engine.setToken('***')"],
    ["spawn('psql', ['--password', 'hunter2'])", "spawn('psql', ['--password', '***'])"],
    ["const secret = 'hunter2, and the line ends", "const secret = '***"],
    ['mysql --user=a --password=hunter2 shop', 'mysql --user=a --password=*** shop'],
    ['tool --api-token hunter2 run', 'tool --api-token *** run'],
    ['Server=db;User Id=sa;Password=hunter2;', 'Server=db;User Id=sa;Password=***;'],
    ['{ headers: { Authorization: `Bearer hunter2` } }', '{ headers: { Authorization: `***` } }'],
    ["call('Bearer hunter2')", "call('Bearer ***')"],
    ["call('Basic aHVudGVyMg==')", "call('Basic ***')"],
    [`verify('${jwt}')`, "verify('***')"],
    [`use('${'AKIA'}IOSFODNN7EXAMPLE')`, "use('***')"],
    [`use('${'ghp'}_16C7e42F292c6912E7710c838347Ae178B4a')`, "use('***')"],
    [`use('${'sk'}-proj-abcdef0123456789')`, "use('***')"],
    [`use('${'sk'}_live_abcdef0123456789')`, "use('***')"],
  ])('%s', (line, kept) => {
    expect(redact(line)).toBe(kept)
    expect(redact(kept)).toBe(kept)
  })
})

describe('ordinary code stays as it is', () => {
  it.each([
    'await engine.start()',
    'const password = process.env.PASSWORD',
    'const client = connect({ password: options.password, token })',
    'const token = await login(user, password)',
    "const tokens = tokenize('a + b')",
    "if (typeof token === 'string') this.token = token",
    'setInterval(() => this.refreshToken(), 5_000)',
    "const server = createServer().listen(0, '127.0.0.1')",
    "import { Pool } from '@scope/pool'",
    "fetch('https://api.test/v1/users')",
    'const kind = isServer ? server : client',
    "watch('./src/pages/[id].ts', onChange)",
    "const next = a / b ? 'x' : 'y'",
    "emitter.on('compass', () => bypass('left'))",
    "logger.info('task-manager-service is up')",
    `call(\`Bearer \${token}\`)`,
    '127.0.0.1:5432',
    '/var/run/app.sock',
  ])('%s', (line) => {
    expect(redact(line)).toBe(line)
  })
})

it('a very long text is cut off rather than searched for long', () => {
  const from = performance.now()
  expect(redact(`${'token'.repeat(50_000)}=x`)).toHaveLength(4001)
  expect(redact('a'.repeat(100_000))).toHaveLength(4001)
  expect(performance.now() - from).toBeLessThan(500)
})
