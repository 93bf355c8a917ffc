import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import type { Report } from '../../src/report/schema/report.ts'
import { engine, nodeVersion, until } from './program.ts'
import { Place, type Running } from './running.ts'

vi.setConfig({ maxConcurrency: 5, testTimeout: 40_000, hookTimeout: 60_000 })

const ready = "process.stdout.write('ready\\n')\n"
const leak = `${engine}globalThis.kept = new Engine(); kept.start()\nsetInterval(() => {}, 1000)\n`
const bare = { flags: [] }
/** Does `body` once something comes by stdin. */
const onDemand = (body: string) => `process.stdin.once('data', () => { ${body} })\n${ready}`
const isRoot = process.geteuid?.() === 0
const nobody = 65_534

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string
}

const places: Place[] = []
function newPlace(): Place {
  const place = new Place()
  places.push(place)
  return place
}
afterAll(() => Promise.all(places.map((place) => place.clear())))

describe.skipIf(process.platform !== 'linux').concurrent(`\`leakwatch dump\`, on Node ${nodeVersion}`, () => {
  describe('of all sorts of processes', () => {
    const place = newPlace()
    const all: Record<string, Running> = {}

    beforeAll(async () => {
      const own = "process.on('SIGUSR2', () => console.log('own listener'))\n"
      const started = {
        text: place.start(leak + own + ready),
        json: place.start(leak + ready, { env: { LEAKWATCH_FORMAT: 'json', LEAKWATCH_OUT: 'reports' } }),
        winch: place.start(leak + ready, { env: { LEAKWATCH_SIGNAL: 'SIGWINCH', LEAKWATCH_FORMAT: 'none' } }),
        late: place.start(`await import('leakwatch')\n${leak}${ready}`, bare),
        deaf: place.start(leak + ready, { env: { LEAKWATCH_SIGNAL: 'none' } }),
        plain: place.start(leak + ready, bare),
        sleep: place.start('', { command: ['sleep', '60'] }),
        off: place.start(leak + ready, { env: { LEAKWATCH: 'off' } }),
      }
      for (const [name, running] of Object.entries(started)) all[name] = await running
    })

    for (const name of ['text', 'json', 'winch', 'late']) {
      it.concurrent(`gives the report of a watched one: ${name}`, async ({ expect }) => {
        const { pid, output, isAlive } = all[name] as Running
        const { code, stdout, stderr } = await place.leakwatch('dump', '--format', 'json', String(pid))
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        const report = JSON.parse(stdout) as Report
        expect(report).toMatchObject({ trigger: 'signal', process: { pid, exitCode: null } })
        expect(report.engines.map((each) => each.name)).toEqual(name === 'late' ? [] : ['Engine'])
        // Nobody but who asked gets to know.
        expect({ ...output, isAlive: isAlive() }).toEqual({ stdout: '', stderr: '', isAlive: true })
      })
    }

    const refused: Record<string, (pid: number) => string> = {
      deaf: (pid) =>
        `LEAKWATCH_SIGNAL_NONE: expected a process that can be asked; got \`LEAKWATCH_SIGNAL=none\` (pid ${pid})`,
      plain: (pid) =>
        `LEAKWATCH_PROCESS_UNWATCHED: expected a process that leakwatch watches; got one that is not (pid ${pid}). ` +
        'Start it with `node --require leakwatch`',
      sleep: (pid) =>
        `LEAKWATCH_PROCESS_UNWATCHED: expected a process that leakwatch watches; got \`sleep\`, which is not Node.js (pid ${pid})`,
      off: (pid) =>
        `LEAKWATCH_PROCESS_UNWATCHED: expected a process that leakwatch watches; got one in which it is off ` +
        `(pid ${pid}, \`LEAKWATCH=off\`)`,
    }
    for (const [name, line] of Object.entries(refused)) {
      it.concurrent(`says in a line why there is none, and signals nobody: ${name}`, async ({ expect }) => {
        const { pid, output, isAlive } = all[name] as Running
        expect(await place.leakwatch('dump', String(pid))).toEqual({
          code: 2,
          stdout: '',
          stderr: `${line(pid)}\n`,
        })
        expect({ ...output, isAlive: isAlive() }).toEqual({ stdout: '', stderr: '', isAlive: true })
      })
    }

    it.concurrent('says so of one that has gone, and of what is no pid', async ({ expect }) => {
      const running = await place.start(ready)
      await running.kill('SIGKILL')
      const { pid } = running
      expect(await place.leakwatch('dump', String(pid))).toMatchObject({
        code: 2,
        stderr: `LEAKWATCH_PROCESS_GONE: expected a running process; got none with pid ${pid}\n`,
      })
      for (const no of ['-1', 'NaN', '4294967296']) {
        const { code, stderr } = await place.leakwatch('dump', '--', no)
        expect({ code, lines: stderr.split('\n').length, stderr }).toMatchObject({ code: 2, lines: 2 })
        expect(stderr).toContain(`LEAKWATCH_PID_INVALID: expected a pid, such as \`4711\`; got \`${no}\``)
      }
    })

    it.concurrent('says why one could make none', async ({ expect }) => {
      const elsewhere = newPlace()
      const running = await elsewhere.start(
        `process.stdin.once('data', () => { Date.prototype.toISOString = () => { throw new Error('not "here"') } })\n${leak}${ready}`,
      )
      await elsewhere.told(running)
      running.child.stdin.write('now\n')
      expect(await elsewhere.leakwatch('dump', String(running.pid))).toMatchObject({
        code: 2,
        stderr: `LEAKWATCH_REPORT_UNMADE: expected a report; got none: making it ended with \`Error: not  here \` (pid ${running.pid})\n`,
      })
    })

    it.skipIf(!isRoot).concurrent("refuses another user's, as root too", async ({ expect }) => {
      const foreign = await place.start('', { command: ['sleep', '60'], uid: nobody })
      expect(await place.leakwatch('dump', String(foreign.pid))).toEqual({
        code: 2,
        stdout: '',
        stderr:
          `LEAKWATCH_PROCESS_FOREIGN: expected a process of this user (uid 0); ` +
          `got one of uid ${nobody} (pid ${foreign.pid}). Ask as that user\n`,
      })
      expect(foreign.isAlive()).toBe(true)
    })

    it.concurrent('asks all with `--all`, and says who gave none', async ({ expect }) => {
      const pidsOf = (names: string[]) => names.map((name) => all[name]?.pid as number)
      await Promise.all(
        ['text', 'json', 'winch', 'late', 'deaf'].map((name) => place.told(all[name] as Running)),
      )
      const { code, stdout, stderr } = await place.leakwatch('dump', '--all', '--format', 'json')
      const pids = stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as Report).process.pid)
      expect(code).toBe(0)
      // Of this user: others may be at it on this machine.
      expect(pids).toEqual(expect.arrayContaining(pidsOf(['text', 'json', 'winch', 'late'])))
      expect(pids).toEqual(pids.toSorted((a, b) => a - b))
      expect(pids.filter((pid) => pidsOf(['deaf', 'plain', 'sleep', 'off']).includes(pid))).toEqual([])
      expect(stderr).toContain(`LEAKWATCH_SIGNAL_NONE: expected a process that can be asked; got`)
      expect(stderr).toContain(`(pid ${all.deaf?.pid})`)
    })

    it.concurrent('answers each of several who ask at once', async ({ expect }) => {
      const { pid, output } = all.text as Running
      const answers = await Promise.all([1, 2, 3].map(() => place.leakwatch('dump', String(pid))))
      expect(answers.map(({ code, stdout }) => [code, /^ +(?:running +)?Engine /m.test(stdout)])).toEqual(
        Array.from({ length: 3 }, () => [0, true]),
      )
      expect(output).toEqual({ stdout: '', stderr: '' })
    })
  })

  describe('of processes that cannot answer', () => {
    const place = newPlace()
    const filesOf = (at: Place, { pid }: Running) => at.files().filter((name) => name.startsWith(`${pid}-`))

    it.concurrent('whose event loop is blocked: says so after 10 s', async ({ expect }) => {
      const block =
        'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 13_000); process.stdin.destroy()'
      const own = "process.on('SIGUSR2', () => console.log('own listener'))\n"
      const running = await place.start(
        leak + own + onDemand(`console.log('blocked'); ${block}; console.log('free')`),
      )
      await place.told(running)
      running.child.stdin.write('now\n')
      await until(() => running.output.stdout.includes('blocked'))
      const { code, stdout, stderr } = await place.leakwatch('dump', String(running.pid))
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(
        /^LEAKWATCH_ANSWER_MISSING: expected a report within 10 s; got none \(pid \d+\): its event loop has been blocked; it used \d+\.\d s of CPU meanwhile\n$/,
      )
      // The signal that nobody waits for any more is nobody's business either.
      await until(() => running.output.stdout.includes('free'))
      await until(() => filesOf(place, running).length === 1)
      expect(running.output).toEqual({ stdout: 'blocked\nfree\n', stderr: '' })
    })

    it.concurrent('that is stopped', async ({ expect }) => {
      const running = await place.start(leak + ready)
      await place.told(running)
      running.child.kill('SIGSTOP')
      const { pid } = running
      const { code, stderr } = await place.leakwatch('dump', String(pid))
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `LEAKWATCH_PROCESS_STOPPED: expected a process that runs; got one that is stopped (pid ${pid}). \`kill -CONT ${pid}\` lets it go on\n`,
      })
      running.child.kill('SIGCONT')
      expect(await place.leakwatch('dump', String(pid))).toMatchObject({ code: 0, stderr: '' })
      expect(running.output).toEqual({ stdout: '', stderr: '' })
    })

    it.concurrent('that the signal would end', async ({ expect }) => {
      const running = await place.start(
        leak + onDemand("process.removeAllListeners(); console.log('removed')"),
      )
      await place.told(running)
      running.child.stdin.write('now\n')
      await until(() => running.output.stdout.includes('removed'))
      const { code, stderr } = await place.leakwatch('dump', String(running.pid))
      expect(code).toBe(2)
      expect(stderr).toMatch(/^LEAKWATCH_SIGNAL_UNHEARD: expected a process that listens for SIGUSR2; .+\n$/)
      expect(running.isAlive()).toBe(true)
    })

    // A start that was not stopped before the next holds a report up for the grace time.
    const slow = { env: { LEAKWATCH_GRACE_MS: '60000' } }
    const restarted = `${leak}kept.start()\n${ready}`
    it.concurrent('that ends meanwhile: its last word is its report', async ({ expect }) => {
      const running = await place.start(restarted, slow)
      await place.told(running)
      const { answer } = await place.dumping(running)
      // Time for the signal, on a busy machine too.
      await new Promise((resolve) => setTimeout(resolve, 2000))
      await running.kill('SIGTERM')
      const { code, stdout } = await answer
      expect(code).toBe(0)
      expect(stdout).toContain('restarted')
    })

    it.concurrent('that is killed meanwhile', async ({ expect }) => {
      const alone = newPlace()
      const running = await alone.start(restarted, slow)
      await alone.told(running)
      const { answer } = await alone.dumping(running)
      await running.kill('SIGKILL')
      expect(await answer).toEqual({
        code: 2,
        stdout: '',
        stderr: `LEAKWATCH_PROCESS_GONE: expected a running process; got one that ended before it answered (pid ${running.pid})\n`,
      })
      // What it could not take back, the next who asks removes.
      await until(() => filesOf(alone, running).length === 1)
      await alone.leakwatch('dump', String(running.pid))
      expect(readdirSync(alone.temporary)).toEqual([])
    })
  })

  describe('and what lies on the disk', () => {
    it.concurrent('is for its user alone, and gone with the process, however it ends', async ({ expect }) => {
      const place = newPlace()
      const ends = [
        'process.stdin.destroy()',
        'process.exit(3)',
        "throw new Error('no')",
        "process.kill(process.pid, 'SIGTERM')",
      ]
      const running = await Promise.all(ends.map((end) => place.start(onDemand(end))))
      await Promise.all(running.map((each) => place.told(each)))
      expect(lstatSync(place.own).mode & 0o7777).toBe(0o700)
      for (const name of place.files()) expect(lstatSync(join(place.own, name)).mode & 0o7777).toBe(0o600)
      await Promise.all(running.map((each) => each.end()))
      expect(running.map(({ child }) => [child.exitCode, child.signalCode])).toEqual([
        [0, null],
        [3, null],
        [1, null],
        [null, 'SIGTERM'],
      ])
      expect(readdirSync(place.temporary)).toEqual([])
    })

    it.concurrent('is where `XDG_RUNTIME_DIR` says, which is asked of the process', async ({ expect }) => {
      const place = newPlace()
      const runtime = join(place.folder, 'runtime')
      mkdirSync(runtime, { mode: 0o700 })
      const running = await place.start(leak + ready, { env: { XDG_RUNTIME_DIR: runtime } })
      expect(await place.leakwatch('dump', String(running.pid))).toMatchObject({ code: 0, stderr: '' })
      expect(readdirSync(runtime)).toEqual(['leakwatch'])
      expect(readdirSync(place.temporary)).toEqual([])
    })

    const spoilt: Record<string, { spoil: (place: Place, elsewhere: string) => void; got: string }> = {
      'a link': { spoil: ({ own }, elsewhere) => symlinkSync(elsewhere, own), got: 'a symbolic link' },
      'one that others may enter': {
        spoil: ({ own }) => {
          mkdirSync(own)
          chmodSync(own, 0o777)
        },
        got: 'one with mode 0777',
      },
      'a file': { spoil: ({ own }) => writeFileSync(own, ''), got: 'something else' },
    }
    for (const [what, { spoil, got }] of Object.entries(spoilt)) {
      it.concurrent(`is refused where there is ${what} in its folder's place`, async ({ expect }) => {
        const place = newPlace()
        const elsewhere = join(place.folder, 'elsewhere')
        mkdirSync(elsewhere, { mode: 0o700 })
        spoil(place, elsewhere)
        const running = await place.start(leak + ready)
        const { code, stderr } = await place.leakwatch('dump', String(running.pid))
        expect({ code, stderr }).toEqual({
          code: 2,
          stderr: `LEAKWATCH_FOLDER_REFUSED: expected \`${place.own}\` to be a folder of this user that nobody else may enter; got ${got}\n`,
        })
        expect(readdirSync(elsewhere)).toEqual([])
        expect({ ...running.output, isAlive: running.isAlive() }).toEqual({
          stdout: '',
          stderr: '',
          isAlive: true,
        })
      })
    }

    it.concurrent('is not trusted: a pipe, a link, too much, nonsense and lies are no entry', async ({
      expect,
    }) => {
      const place = newPlace()
      mkdirSync(place.own, { mode: 0o700 })
      const plain = await Promise.all(Array.from({ length: 7 }, () => place.start(leak + ready, bare)))
      const pathOf = ({ pid }: Running) => join(place.own, `${pid}-${startOf(pid)}.1.process`)
      const entry = (pid: number) =>
        JSON.stringify({
          schema: 'leakwatch-process/1',
          pid,
          signal: 'SIGUSR2',
          service: null,
          main: null,
          node: 'v24',
        })
      const [pipe, link, long, nonsense, other, lie, reused] = plain as [
        Running,
        Running,
        Running,
        Running,
        Running,
        Running,
        Running,
      ]
      execFileSync('mkfifo', [pathOf(pipe)])
      const target = join(place.folder, 'target')
      writeFileSync(target, entry(link.pid))
      symlinkSync(target, pathOf(link))
      writeFileSync(pathOf(long), entry(long.pid) + ' '.repeat(100_000))
      writeFileSync(pathOf(nonsense), '{"schema":"leakwatch-process/1","signal":9}')
      writeFileSync(pathOf(other), entry(lie.pid))
      writeFileSync(pathOf(lie), entry(lie.pid))
      writeFileSync(join(place.own, `${reused.pid}-1.1.process`), entry(reused.pid))
      const answers = await Promise.all(plain.map(({ pid }) => place.leakwatch('dump', String(pid))))
      expect(answers.map(({ code, stderr }) => `${code} ${stderr.split(':')[0]}`)).toEqual([
        ...Array.from({ length: 5 }, () => '2 LEAKWATCH_PROCESS_UNWATCHED'),
        '2 LEAKWATCH_SIGNAL_UNHEARD',
        '2 LEAKWATCH_PROCESS_UNWATCHED',
      ])
      expect(plain.map((each) => each.isAlive())).toEqual(plain.map(() => true))
    })

    it.concurrent('is a report where `--out` says', async ({ expect }) => {
      const place = newPlace()
      const running = await place.start(leak + ready)
      const { code, stdout } = await place.leakwatch('dump', String(running.pid), '--out', 'saved/%p.json')
      const file = join(place.folder, 'saved', `${running.pid}.json`)
      expect(code).toBe(0)
      expect(stdout).toMatch(/^ +(?:running +)?Engine /m)
      expect(existsSync(file)).toBe(true)
      expect((JSON.parse(readFileSync(file, 'utf8')) as Report).process.pid).toBe(running.pid)
    })

    it.concurrent('says that one file has one report', async ({ expect }) => {
      const place = newPlace()
      const several = await Promise.all([1, 2].map(() => place.start(leak + ready)))
      const pids = several.map(({ pid }) => String(pid))
      const one = await place.leakwatch('dump', ...pids, '--out', 'one.json')
      expect(one).toMatchObject({
        code: 0,
        stderr:
          'leakwatch: one.json has the last of 2 reports: with `%p`, the pid, in its name each has a file\n',
      })
      expect((await place.leakwatch('dump', ...pids, '--out', 'saved/')).stderr).toBe('')
    })
  })
})
