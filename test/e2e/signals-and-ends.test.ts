import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it, vi } from 'vitest'
import { type Child, inShort, nodeVersion, preload, type Run, runProgram, until } from './program.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 40_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = "import { createRequire } from 'node:module'; createRequire(import.meta.url)('./form.cjs')"
const empty = 'data:text/javascript,'

interface Form {
  source: string
  /** Sent from outside once the program is ready. */
  sends?: NodeJS.Signals
  /** It is open before the signal comes, and for a while after it. */
  hasConnection?: boolean
}

const prelude = `const fs = require('node:fs')
const http = require('node:http')
const need = require('node:module').createRequire(${JSON.stringify(join(root, 'package.json'))})
const say = (...words) => fs.writeSync(1, words.join(' ') + '\\n')
const ready = () => process.stdout.write('ready\\n')
const serve = () => {
  const server = http.createServer((request, response) => response.end('x'))
  server.listen(0, () => { fs.writeFileSync('port', String(server.address().port)); ready() })
  return server
}
const alive = () => { setInterval(() => {}, 1000); ready() }
const send = (signal) => process.kill(process.pid, signal)
/** As Nest's \`enableShutdownHooks\` does. */
const hooks = (signals, shutDown) => {
  const cleanUp = async (signal) => {
    try {
      await shutDown(signal)
      for (const each of signals) process.removeListener(each, cleanUp)
      process.kill(process.pid, signal)
    } catch { process.exit(1) }
  }
  for (const each of signals) process.on(each, cleanUp)
}
const all = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGUSR2', 'SIGTERM']
process.on('exit', (code) => say('exit', code))
`

const closes = (signal: string) =>
  `const server = serve(); process.once('${signal}', () => { say('closing'); server.close(() => { say('closed'); send('${signal}'); say('never') }) })`
const nest =
  'const server = serve(); hooks(all, (signal) => new Promise((done) => { say(signal); server.close(done) }))'
const terminus = `const server = serve(); need('@godaddy/terminus').createTerminus(server, {
  signals: ['SIGTERM', 'SIGINT', 'SIGUSR2'], timeout: 300,
  beforeShutdown: async () => say('before'), onSignal: async () => say('signal'), onShutdown: async () => say('shut down'), logger: say,
})`
const grace =
  "const server = serve(); need('close-with-grace')({ delay: 10_000 }, async ({ signal, err }) => { say(signal, err); await new Promise((done) => server.close(done)) })"
const signalExit3 = "need('signal-exit-3')((code, signal) => say('signal-exit 3', code, signal));"
const signalExit4 = "need('signal-exit').onExit((code, signal) => { say('signal-exit 4', code, signal) });"
const asyncHook =
  "const server = serve(); need('async-exit-hook')((done) => { say('hook'); server.close(() => { say('closed'); done() }) })"
const exitHook = `import(need.resolve('exit-hook').replace(/^/, 'file://')).then(({ default: exitHook, asyncExitHook }) => {
  const server = serve(); exitHook((code) => say('hook', code)); asyncExitHook(async () => { await new Promise((done) => server.close(done)); say('async') }, { wait: 5000 }) })`
const death =
  "const server = serve(); need('death')({ SIGHUP: true })((signal) => { say(signal); server.close(() => process.exit(3)) })"
const cluster = (worker: string, primary = "worker.process.kill('SIGTERM')") =>
  `const cluster = require('node:cluster')
if (cluster.isPrimary) {
  cluster.on('exit', (worker, code, signal) => { say(code, signal); process.exit(8) })
  const worker = cluster.fork()
  worker.on('listening', () => { ${primary} })
} else { http.createServer().listen(0); ${worker} }`
const inGroup = (code: string) =>
  `const { status, signal, stdout } = require('node:child_process').spawnSync(process.execPath, [...process.execArgv, '-e', ${JSON.stringify(code)}], { detached: true, encoding: 'utf8' })
say(status, signal, stdout)`

const forms: Record<string, Form> = {
  'none that handles it': { source: 'serve()', sends: 'SIGTERM' },
  'none that handles it, with a connection': { source: 'serve()', sends: 'SIGINT', hasConnection: true },
  'resent at once by a once-listener, SIGTERM': {
    source: "process.once('SIGTERM', () => { say('once'); send('SIGTERM'); say('never') }); alive()",
    sends: 'SIGTERM',
  },
  'resent at once by a once-listener, SIGINT': {
    source: "process.once('SIGINT', () => { say('once'); send('SIGINT'); say('never') }); alive()",
    sends: 'SIGINT',
  },
  'resent at once by a once-listener, SIGQUIT': {
    source: "process.once('SIGQUIT', () => { say('once'); send('SIGQUIT'); say('never') }); alive()",
    sends: 'SIGQUIT',
  },
  'resent at once by a once-listener, SIGUSR2': {
    source: "process.once('SIGUSR2', () => { say('once'); send('SIGUSR2'); say('never') }); alive()",
    sends: 'SIGUSR2',
  },
  'resent after a close, SIGTERM': { source: closes('SIGTERM'), sends: 'SIGTERM' },
  'resent after a close, SIGINT, with a connection': {
    source: closes('SIGINT'),
    sends: 'SIGINT',
    hasConnection: true,
  },
  'resent after a close, SIGHUP': { source: closes('SIGHUP'), sends: 'SIGHUP' },
  'resent after a close, SIGQUIT': { source: closes('SIGQUIT'), sends: 'SIGQUIT' },
  'resent after a close, SIGUSR2': { source: closes('SIGUSR2'), sends: 'SIGUSR2' },
  'resent once nothing holds the process': {
    source:
      "process.once('SIGTERM', () => { clearInterval(held); send('SIGTERM') }); const held = setInterval(() => {}, 1000); ready()",
    sends: 'SIGTERM',
  },
  "Nest's hooks, SIGTERM": { source: nest, sends: 'SIGTERM' },
  "Nest's hooks, SIGHUP, with a connection": { source: nest, sends: 'SIGHUP', hasConnection: true },
  "Nest's hooks, SIGUSR2": { source: nest, sends: 'SIGUSR2' },
  'terminus, SIGTERM': { source: terminus, sends: 'SIGTERM' },
  'terminus, SIGINT, with a connection': { source: terminus, sends: 'SIGINT', hasConnection: true },
  'terminus, SIGUSR2': { source: terminus, sends: 'SIGUSR2' },
  'signal-exit 3': { source: `${signalExit3} serve()`, sends: 'SIGTERM' },
  'signal-exit 4': { source: `${signalExit4} serve()`, sends: 'SIGINT' },
  'signal-exit 3 and 4': { source: `${signalExit3} ${signalExit4} serve()`, sends: 'SIGHUP' },
  'signal-exit 4 beside a listener': {
    source: `${signalExit4} const server = serve(); process.on('SIGTERM', () => server.close())`,
    sends: 'SIGTERM',
  },
  'signal-exit 3 beside a resent SIGUSR2': {
    source: `${signalExit3} ${closes('SIGUSR2')}`,
    sends: 'SIGUSR2',
  },
  'signal-exit 4 beside a resent SIGUSR2': {
    source: `${signalExit4} ${closes('SIGUSR2')}`,
    sends: 'SIGUSR2',
  },
  'close-with-grace, SIGTERM': { source: grace, sends: 'SIGTERM' },
  'close-with-grace, SIGINT, with a connection': { source: grace, sends: 'SIGINT', hasConnection: true },
  'close-with-grace, SIGUSR2': { source: grace, sends: 'SIGUSR2' },
  'async-exit-hook, SIGTERM': { source: asyncHook, sends: 'SIGTERM' },
  'async-exit-hook, SIGHUP, with a connection': { source: asyncHook, sends: 'SIGHUP', hasConnection: true },
  'exit-hook, SIGINT': { source: exitHook, sends: 'SIGINT' },
  'exit-hook, SIGTERM, with a connection': { source: exitHook, sends: 'SIGTERM', hasConnection: true },
  'death, SIGTERM': { source: death, sends: 'SIGTERM' },
  'death, SIGQUIT, with a connection': { source: death, sends: 'SIGQUIT', hasConnection: true },
  'a watchdog of the shutdown': {
    source:
      "const server = serve(); process.on('SIGTERM', () => { setTimeout(() => process.exit(1), 30_000); server.close(() => process.exit(0)) })",
    sends: 'SIGTERM',
  },
  'sent by a child, and not handled': {
    source: `require('node:child_process').spawn(process.execPath, ['-e', "process.kill(process.ppid, 'SIGTERM')"]); alive()`,
  },
  'sent by a child, and resent': {
    source: `require('node:child_process').spawn(process.execPath, ['-e', "process.kill(process.ppid, 'SIGINT')"]); ${closes('SIGINT')}`,
  },
  'sent by a worker, and not handled': {
    source: `new (require('node:worker_threads').Worker)("process.kill(process.pid, 'SIGTERM')", { eval: true }); alive()`,
  },
  'sent by a worker, and handled': {
    source: `process.on('SIGTERM', () => { say('handled'); process.exit(4) }); new (require('node:worker_threads').Worker)("process.kill(process.pid, 'SIGTERM')", { eval: true }); alive()`,
  },
  'in a worker of a cluster, and not handled': { source: cluster('') },
  'in a worker of a cluster, and resent': {
    source: cluster("process.once('SIGTERM', () => { say('worker'); send('SIGTERM'); say('never') })"),
  },
  'in a worker of a cluster, sent by itself': { source: cluster("setTimeout(send, 50, 'SIGINT')", '') },
  'sent to itself, and not handled': { source: "alive(); send('SIGTERM'); say('never')" },
  'sent to itself by its number': { source: "alive(); process.kill(process.pid, 2); say('never')" },
  'sent to itself by default, in a string': { source: 'process.kill(String(process.pid)); say("never")' },
  'sent to itself where nothing holds it': { source: "send('SIGHUP'); say('never')" },
  'sent to itself, and listened to right after': {
    source: "send('SIGTERM'); process.on('SIGTERM', () => process.exit(7)); alive()",
  },
  'sent to its group': { source: inGroup("process.kill(0, 'SIGTERM'); console.log('never')") },
  'sent to its group, by the number of that': {
    source: inGroup("process.kill(-process.pid, 'SIGINT'); console.log('never')"),
  },
  'sent to itself by an exit listener': {
    source: "process.on('exit', () => { send('SIGTERM'); say('never') }); process.exit(3)",
  },
  'sent to itself by a handler of errors': {
    source:
      "process.on('uncaughtException', ({ message }) => { say(message); send('SIGTERM'); say('never') }); setTimeout(() => { throw new Error('thrown') })",
  },
  'handled twice': {
    source:
      "let times = 0; process.on('SIGTERM', () => { times += 1; say(times); if (times === 2) process.exit(5); send('SIGTERM') }); alive()",
    sends: 'SIGTERM',
  },
  'no longer handled': {
    source:
      "process.on('SIGTERM', () => say('never')); process.on('SIGTERM', () => say('never')); process.removeAllListeners('SIGTERM'); alive()",
    sends: 'SIGTERM',
  },
  'SIGUSR2 no longer handled, sent to itself': {
    source: "process.on('SIGUSR2', say); process.off('SIGUSR2', say); send('SIGUSR2'); say('never')",
  },
  'asked of whether it lives': {
    source: "say(process.kill(process.pid, 0)); try { send('SIGNONE') } catch ({ code }) { say(code) }",
  },
  'emitted by the program': {
    source:
      "say(process.emit('SIGTERM', 'SIGTERM'), process.emit('SIGINT')); process.once('SIGTERM', say); say(process.emit('SIGTERM', 'SIGTERM'))",
  },
  'what the program sees of listeners': {
    source: `for (const name of ['newListener', 'removeListener']) process.on(name, (event) => say(name, event))
const see = () => say(...['SIGTERM', 'SIGINT', 'SIGHUP', 'newListener', 'removeListener'].map((name) => process.listenerCount(name)),
  process.eventNames().filter((name) => ['SIGTERM', 'SIGINT', 'SIGHUP'].includes(name)), process.rawListeners('SIGTERM').length)
see(); process.on('SIGTERM', see); see(); process.off('SIGTERM', see); see(); process.once('SIGINT', see); see(); process.removeAllListeners('SIGINT'); see()`,
  },
}

async function run({ source, sends, hasConnection }: Form, flags: string[]): Promise<Run> {
  let connection: Socket | undefined
  const seen = await runProgram(main, {
    files: { 'form.cjs': prelude + source },
    flags,
    whenReady: async (child: Child, folder) => {
      if (hasConnection) connection = await connected(Number(readFileSync(join(folder, 'port'), 'utf8')))
      if (sends === undefined) return
      child.kill(sends)
      setTimeout(() => connection?.destroy(), 600)
    },
  })
  connection?.destroy()
  return seen
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', (error) => (socket.connecting ? reject(error) : socket.destroy()))
  })
}

const outcome = ({ code, signal, stdout, stderr }: Run) => ({ code, signal, stdout, stderr })

describe(`a signal, with and without leakwatch, on Node ${nodeVersion}`, () => {
  for (const [name, form] of Object.entries(forms)) {
    it.concurrent(name, async ({ expect }) => {
      const bare = await run(form, ['--import', empty])
      const watched = await run(form, ['--import', preload])
      expect(bare).not.toMatchObject({ signal: 'SIGKILL' })
      expect(bare.stderr).not.toContain('Error')
      expect(outcome(watched)).toEqual(outcome(bare))
    })
  }
})

describe(`SIGUSR2 from outside beside signal-exit, on Node ${nodeVersion}`, () => {
  for (const [name, source] of [
    ['3', `${signalExit3} serve()`],
    ['4', `${signalExit4} serve()`],
  ] as const) {
    it.concurrent(`is a report: version ${name} cleans nothing up in a process that lives on`, async ({
      expect,
    }) => {
      const seen = await runProgram(main, {
        files: { 'form.cjs': prelude + source },
        whenReady: async (child) => {
          child.kill('SIGUSR2')
          await until(() => child.exitCode !== null || child.signalCode !== null)
        },
        patienceMs: 4000,
        flags: ['--import', preload],
      })
      expect(seen).toMatchObject({ signal: 'SIGKILL', stdout: '', stderr: '' })
      expect(inShort(seen)).toEqual(['signal: warning never-stopped http.Server'])
    })
  }
})
