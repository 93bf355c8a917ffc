import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { engine, inherited, node, nodeVersion, until } from './program.ts'
import { Place, type Running } from './running.ts'
import { hasTmux, patienceMs, Tmux } from './tmux.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const bin = fileURLToPath(new URL('../../bin/leakwatch.js', import.meta.url))
const alive = "process.stdin.resume(); process.stdout.write('ready\\n')\n"
const steady = `${engine}globalThis.kept = [new Engine(), new Engine()]; for (const one of kept) one.start()\n${alive}`
/** Four more each second, for as long as it lives. */
const leaking = `${engine}class QueryEngine extends Engine {}
globalThis.kept = []
setInterval(() => { const one = new QueryEngine(); one.start(); kept.push(one) }, 250)
${alive}`

/** A look at all of it takes more than one slice. Nothing that it has made keeps it alive. */
const large = `${engine}globalThis.kept = Array.from({ length: 20_000 }, () => new Engine()); for (const one of kept) one.start()
${alive}`

const isThere = hasTmux()
if (!isThere) console.warn('tmux is not installed: `leakwatch top` is not tested in a terminal')

describe.skipIf(process.platform !== 'linux')(`\`leakwatch top\`, on Node ${nodeVersion}`, () => {
  const place = new Place()
  let leaker: Running
  let running: Running[] = []
  let tmux: Tmux | null = null

  beforeAll(async () => {
    // What checks find is told in the program's log, too.
    const service = (name: string) => ({ env: { LEAKWATCH_SERVICE: name, LEAKWATCH_CHECK_MS: '0' } })
    running = await Promise.all([
      place.start(leaking, service('orders-api')),
      place.start(steady, service('mail\u001b[31m')),
      place.start(steady, service('请求-网关')),
      place.start(steady, { env: { ...service('deaf').env, LEAKWATCH_SIGNAL: 'none' } }),
    ])
    leaker = running[0] as Running
    await Promise.all(running.map((each) => place.told(each)))
  })
  afterEach(async () => {
    tmux?.end()
    tmux = null
    await quiet()
  })
  afterAll(() => place.clear())

  const pids = () => running.filter((each) => each.isAlive()).map(({ pid }) => String(pid))

  /** In a terminal of its own, with a line above it that has to be there again. */
  async function start(columns: number, rows: number, ...args: string[]): Promise<Tmux> {
    const { XDG_RUNTIME_DIR: _, ...env } = inherited()
    const terminal = new Tmux(`leakwatch-${randomBytes(6).toString('hex')}`, columns, rows, {
      ...env,
      TMPDIR: place.temporary,
    })
    tmux = terminal
    await terminal.shows((text) => text.includes('$'))
    terminal.line('stty -a > "$TMPDIR/before"; echo before')
    await terminal.shows((text) => /^before$/m.test(text))
    terminal.line(`${node} ${bin} top ${args.join(' ')}; echo "ended $?"`)
    await terminal.shows((text) => text.includes('every') && text.includes('PER MIN'))
    return terminal
  }

  /** Whether it was drawn for a terminal of so many lines. */
  function isWhole(shown: string, lines: number): boolean {
    return shown.startsWith('leakwatch top:') && (shown.split('\n')[lines - 1] ?? '').startsWith('q quit')
  }

  /** Until nobody is asked any more, and nothing lies about. */
  async function quiet(): Promise<void> {
    const others = () => place.files().filter((name) => !name.endsWith('.process'))
    await expect.poll(others, { timeout: patienceMs }).toEqual([])
  }

  it('prints one page where its output is no terminal', async () => {
    const { code, stdout, stderr } = await place.leakwatch('top', '--interval', '2', ...pids())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^leakwatch top: 4 processes, \d+ engines running$/)
    expect(lines[2]).toMatch(/^ +PID {2}SERVICE +UPTIME +HANDLES +LEAKS +RUNNING +TREND +PER MIN$/)
    expect(lines[3]).toMatch(new RegExp(`^ +${leaker.pid}  orders-api .* \\+\\d+$`))
    expect(stdout).toMatch(/^ +\d+ {2}mail\\u001b\[31m /m)
    expect(stdout).toMatch(/^ +\d+ {2}! deaf /m)
    expect(stdout).toMatch(/^! \d+: LEAKWATCH_SIGNAL=none$/m)
    expect(stdout).toMatch(/^ {2}QueryEngine +\S*program-\d\.mjs:\d+ +orders-api +\d+ +\S+ +\+\d+$/m)
    expect(stdout).toMatch(/^ {2}Engine +\S+ +请求-网关 +2 +▁▁ +0$/m)
    await quiet()
    expect(running.map(({ output }) => output)).toEqual(running.map(() => ({ stdout: '', stderr: '' })))
  })

  it('is answered also where another looks at the same moment', async () => {
    const asked = await place.start(large)
    const entry = await place.told(asked)
    const views = ['1-a', '1-b'].map((key) =>
      join(place.own, entry.replace(/process$/, `${key}.view.request`)),
    )
    for (const view of views) writeFileSync(view, '', { mode: 0o600 })
    // One signal for both: the second is begun while the first is under way.
    asked.child.kill('SIGUSR2')
    await expect
      .poll(() => views.map((view) => readFileSync(view, 'utf8').endsWith('\n')), { timeout: patienceMs })
      .toEqual([true, true])
    await asked.kill('SIGKILL')
    for (const view of views) rmSync(view)
  })

  it('refuses what it cannot do, in one line', async () => {
    for (const interval of ['0', '0.5', '31', 'often', '1e1', '-1']) {
      const { code, stderr, stdout } = await place.leakwatch('top', '--interval', interval)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toBe(
        `LEAKWATCH_INTERVAL_INVALID: expected \`--interval\` to be seconds from 1 to 30; got \`${interval}\`\n`,
      )
    }
    expect((await place.leakwatch('top', 'x')).stderr).toMatch(/^LEAKWATCH_PID_INVALID: [^\n]+\n$/)
    const bare = await place.leakwatch('top', '--once', '1')
    expect(bare).toMatchObject({ code: 2, stdout: '' })
    expect(bare.stderr).toMatch(/^LEAKWATCH_PROCESS_[A-Z]+: [^\n]+\n$/)
  })

  it.skipIf(!isThere)('is on a screen of its own, which changes its size', async () => {
    const terminal = await start(80, 24, ...pids())
    const text = await terminal.shows((shown) => /QueryEngine .*\+\d/.test(shown))
    expect(text.split('\n')).toHaveLength(24)
    expect(text).toMatch(new RegExp(`^> +${leaker.pid}  orders-api `, 'm'))
    expect(text).toContain('mail\\u001b[31m')
    expect(text).not.toContain('before')
    expect(terminal.state()).toEqual({ cursor: '0', ownScreen: '1', size: '80x24' })
    terminal.resize(200, 50)
    const wide = await terminal.shows((shown) => shown.includes('PROCESSES') && isWhole(shown, 50))
    expect(wide).toMatch(/^> +\d+ {2}orders-api .* v\d+\.\d+\.\d+ .* MB /m)
    expect(wide.match(/leakwatch top:/g)).toHaveLength(1)
    terminal.resize(60, 12)
    const narrow = await terminal.shows((shown) => !shown.includes('PROCESSES') && isWhole(shown, 12))
    expect(narrow.match(/leakwatch top:/g)).toHaveLength(1)
  })

  it.skipIf(!isThere)('shows one process, other orders and the help, by keys', async () => {
    const terminal = await start(80, 24, ...pids())
    await terminal.shows((shown) => /QueryEngine .*\+\d/.test(shown))
    terminal.key('Enter')
    const one = await terminal.shows((shown) => shown.includes('Its engines by growth'))
    expect(one.split('\n')[0]).toMatch(new RegExp(`^orders-api, pid ${leaker.pid}, up `))
    expect(one).not.toContain('mail')
    terminal.key('Escape')
    await terminal.shows((shown) => shown.includes('Processes by growth'))
    terminal.key('s')
    await terminal.shows((shown) => shown.includes('Processes by number running'))
    terminal.key('?')
    await terminal.shows((shown) => shown.includes('PageUp'))
    terminal.key('x')
    terminal.key('j')
    await terminal.shows((shown) => /^> +\d+ {2}(?!orders-api)/m.test(shown))
  })

  const ways: readonly { title: string; quit: (terminal: Tmux) => void }[] = [
    { title: 'q', quit: (terminal) => terminal.key('q') },
    { title: 'Ctrl-C', quit: (terminal) => terminal.key('C-c') },
    { title: 'Esc', quit: (terminal) => terminal.key('Escape') },
    ...(['SIGTERM', 'SIGHUP', 'SIGINT'] as const).map((signal) => ({
      title: signal,
      quit: () => process.kill(topPid(), signal),
    })),
  ]

  /** Whether the process was still there. */
  function isHungUp(pid: number): boolean {
    try {
      return process.kill(pid, 'SIGHUP')
    } catch {
      return false
    }
  }

  /** The requests that it has made bear its pid. */
  function topPid(): number {
    const request = place.files().find((name) => name.endsWith('.view.request'))
    return Number(/\.(\d+)-\w+\.view\.request$/.exec(request ?? '')?.[1])
  }

  for (const { title, quit } of ways)
    it.skipIf(!isThere)(`leaves the terminal as it was: ${title}`, async () => {
      const terminal = await start(80, 24, ...pids())
      await terminal.shows((shown) => shown.includes('QueryEngine'))
      quit(terminal)
      const text = await terminal.shows((shown) => /^ended \d/m.test(shown))
      expect(text).toMatch(/^before$/m)
      expect(text).toMatch(/^ended 0$/m)
      expect(text).not.toContain('QueryEngine')
      expect(terminal.state()).toEqual({ cursor: '1', ownScreen: '0', size: terminal.size })
      terminal.line('stty -a | cmp - "$TMPDIR/before" && echo same')
      await terminal.shows((shown) => /^same$/m.test(shown))
      await quiet()
    })

  it.skipIf(!isThere)('leaves nothing behind where signals go on, as when a terminal is closed', async () => {
    const terminal = await start(80, 24, ...pids())
    await terminal.shows((shown) => shown.includes('QueryEngine'))
    const pid = topPid()
    // Each that comes once it does not listen ends it at once.
    const until = Date.now() + 2000
    while (isHungUp(pid) && Date.now() < until);
    await quiet()
  })

  it.skipIf(!isThere)('gives the terminal back while it is stopped', async () => {
    const terminal = await start(80, 24, ...pids())
    await terminal.shows((shown) => shown.includes('QueryEngine'))
    terminal.key('C-z')
    // Not before the shell says so: until then the terminal is not its own, and what is typed gets lost.
    const text = await terminal.shows((shown) => /Stopped/.test(shown) && /\n\$ *$/.test(shown.trimEnd()))
    expect(text).toMatch(/^before$/m)
    expect(terminal.state()).toMatchObject({ cursor: '1', ownScreen: '0' })
    terminal.line('fg')
    await terminal.shows((shown) => shown.includes('QueryEngine'))
    terminal.key('q')
    await until(() => terminal.state().ownScreen === '0')
    await quiet()
  })

  it.skipIf(!isThere)('shows processes that come, and those that end no more', async () => {
    // Others may be watched on this machine.
    const terminal = await start(80, 200)
    const guest = await place.start(steady, { env: { LEAKWATCH_SERVICE: 'guest' } })
    const row = new RegExp(`^[> ] +${guest.pid}  guest `, 'm')
    await terminal.shows((shown) => row.test(shown))
    await guest.kill('SIGKILL')
    await terminal.shows((shown) => !row.test(shown))
    terminal.key('q')
    await terminal.shows((shown) => /^ended 0$/m.test(shown))
  })

  it.skipIf(!isThere)('says of a process that is stopped that it is', async () => {
    const terminal = await start(80, 24, ...pids())
    running[1]?.child.kill('SIGSTOP')
    try {
      terminal.key('s')
      await terminal.shows((shown) => /! mail/.test(shown))
    } finally {
      running[1]?.child.kill('SIGCONT')
    }
    await terminal.shows((shown) => !/! mail/.test(shown))
  })

  it('no program gets to know of it', () => {
    expect(running.map((each) => each.isAlive())).toEqual(running.map(() => true))
    expect(running.map(({ output }) => output)).toEqual(running.map(() => ({ stdout: '', stderr: '' })))
  })
})
