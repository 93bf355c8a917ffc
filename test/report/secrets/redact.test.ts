import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { redact, redactArguments, redactPath, redactText } from '../../../src/report/secrets/redact.ts'
import { plantedArguments, plantedCode, plantedTexts } from './planted.ts'

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
    "watch('../src/pages/[id].ts', onChange)",
    "const next = a / b ? 'x' : 'y'",
    "emitter.on('compass', () => bypass('left'))",
    "logger.info('task-manager-service is up')",
    `call(\`Bearer \${token}\`)`,
    '127.0.0.1:5432',
    '/var/run/app.sock',
    "const password = config.get('db.password')",
    "const token = process.env['API_TOKEN'] ?? (await vault.read())",
    "if (tokens['access'] === undefined) return",
    "case 'token': return parse('foo')",
    'const pass = counts.pass + 12',
    'const maxTokens = 4096',
    "createHash('sha256').update(body).digest('hex')",
    "import cookie from 'cookie-parser'",
    "const setCookie = require('set-cookie-parser')",
    `debug(\`updated token: \${current}\`)`,
    "log('password: %s', password)",
    "fetch('http://localhost:' + port + '/path')",
    "import '/@vite/client' // http://localhost:5173/@vite/client",
    "execFile('node', ['-p', 'process.version'])",
    "exec('docker run -p 8080:80 -path x nginx')",
    "exec('mkdir -p dist && tar -pxf a.tar')",
    "import { Pool } from 'pg'; import 'npm:pkg@1.0.0'",
    "use('sk-learn-something-else')",
    'https://github.com/nodejs/node/blob/main/lib/net.js',
    '/repo/node_modules/.pnpm/pg@8.11.3/node_modules/pg/lib/client.js',
    'reports/leakwatch-2026-01-02T03-04-05-678Z-123-0-1.json',
    'const id = await createVeryLongNamedConnectionPoolManager2(options)',
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

describe('of what is planted', () => {
  it('there are over 200 of them', () => {
    expect(plantedTexts.length).toBeGreaterThanOrEqual(200)
    expect(plantedCode.length).toBeGreaterThanOrEqual(200)
  })

  it('none is shown of a text', () => {
    const shown = plantedTexts.map(({ secret, text }) => ({ secret, text, kept: redactText(text) }))
    expect(shown.filter(({ secret, kept }) => kept.includes(secret))).toEqual([])
  })

  it('none is shown of a path that is made of a text', () => {
    const shown = plantedTexts.map(({ secret, text }) => ({
      secret,
      kept: redactPath(posix.join('/srv/data', text, 'a.sock')),
    }))
    expect(shown.filter(({ secret, kept }) => kept.includes(secret))).toEqual([])
  })

  it('none is shown of the name of a method', () => {
    const shown = plantedTexts.map(({ secret, text }) => ({
      secret,
      kept: redactText(`Call \`${text}Now()\` in a \`finally\`.`),
    }))
    expect(shown.filter(({ secret, kept }) => kept.includes(secret))).toEqual([])
  })

  it('none is shown of a text within another', () => {
    const shown = plantedTexts.map(({ secret, text }) => ({
      secret,
      kept: redactText(`pool ${text} of shop`),
    }))
    expect(shown.filter(({ secret, kept }) => kept.includes(secret))).toEqual([])
  })

  it('none is shown of a line of code', () => {
    const shown = plantedCode.map(({ secret, text }) => ({ secret, text, kept: redact(text) }))
    expect(shown.filter(({ secret, kept }) => kept.includes(secret))).toEqual([])
  })

  it('none is shown of the words of a command', () => {
    const shown = plantedArguments.map(({ secret, words }) => ({
      secret,
      words,
      kept: redactArguments(words).join(' '),
    }))
    expect(shown.filter(({ secret, kept }) => kept.includes(secret))).toEqual([])
  })
})
