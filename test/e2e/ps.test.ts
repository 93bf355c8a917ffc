import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processTable } from '../../src/cli/ps-table.ts'
import { engine, nodeVersion } from './program.ts'
import { type Answer, Place, type Running } from './running.ts'

const alive =
  "setInterval(() => {}, 1000).unref(); process.stdin.resume(); process.stdout.write('ready\\n')\n"
const own = "process.on('SIGUSR2', () => console.log('own listener'))\n"
const leak = `${engine}globalThis.kept = [new Engine(), new Engine()]; for (const one of kept) one.start()\n`

describe.skipIf(process.platform !== 'linux')(`\`leakwatch ps\`, on Node ${nodeVersion}`, () => {
  const place = new Place()
  let running: Running[] = []

  beforeAll(async () => {
    running = await Promise.all([
      place.start(leak + own + alive, { env: { LEAKWATCH_SERVICE: 'orders\u001b[31m-api' } }),
      place.start(`${leak}kept[0].start()\n${alive}`),
      place.start(alive, { env: { LEAKWATCH_SIGNAL: 'none', LEAKWATCH_SERVICE: 'deaf' } }),
      place.start(alive, { env: { LEAKWATCH_SERVICE: 'stopped' } }),
      place.start(alive, { flags: [] }),
    ])
    await Promise.all(running.slice(0, 4).map((each) => place.told(each)))
    running[3]?.child.kill('SIGSTOP')
  })
  afterAll(() => place.clear())

  /** Others may be watched on this machine. */
  const isOurs = (pid: number) => running.some((each) => each.pid === pid)

  /** On a busy machine a second time: a list is not waited for. */
  const answered = async (...args: string[]) => {
    const isSilent = ({ pid }: Running, { stdout }: Answer) =>
      new RegExp(`\\b${pid}\\b.*?no answer`).test(stdout.replaceAll('},{', '\n'))
    for (let left = 5; ; left -= 1) {
      const answer = await place.leakwatch('ps', ...args)
      if (left === 0 || !running.some((each) => isSilent(each, answer))) return answer
    }
  }

  it('lists the watched processes, with what each answers or why it does not', async () => {
    const { code, stdout, stderr } = await answered()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [heading, ...lines] = stdout.trimEnd().split('\n')
    expect(heading).toMatch(/^ *PID {2}SERVICE +AGE +RUNNING {2}FINDINGS$/)
    const ours = lines.filter((line) => isOurs(Number.parseInt(line, 10)))
    const cells = ours.map((line) =>
      line
        .trim()
        .replace(/\d+ (ms|s|min)/, 'AGE')
        .split(/ {2,}/),
    )
    const [first, second, deaf, stopped] = running.map(({ pid }) => String(pid))
    expect(new Set(cells.map((each) => each.join(' | ')))).toEqual(
      new Set([
        `${first} | orders\\u001b[31m-api | AGE | 2 | none`,
        `${second} | program-2.mjs | AGE | 2 | 1 leak`,
        `${deaf} | deaf | AGE | - | - (LEAKWATCH_SIGNAL=none)`,
        `${stopped} | stopped | AGE | - | - (stopped)`,
      ]),
    )
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('gives scripts the same as JSON; no program gets to know', async () => {
    const { stdout } = await answered('--format', 'json')
    const lines = (JSON.parse(stdout) as { pid: number }[]).filter(({ pid }) => isOurs(pid))
    expect(lines).toHaveLength(4)
    expect(lines.find(({ pid }) => pid === running[0]?.pid)).toMatchObject({
      service: 'orders\u001b[31m-api',
      signal: 'SIGUSR2',
      running: 2,
      leaks: 0,
      warnings: 2,
      unanswered: null,
    })
    expect(lines.find(({ pid }) => pid === running[2]?.pid)).toMatchObject({
      signal: null,
      running: null,
      leaks: null,
      warnings: null,
      unanswered: 'LEAKWATCH_SIGNAL=none',
    })
    expect(running.map(({ output }) => output)).toEqual(running.map(() => ({ stdout: '', stderr: '' })))
    expect(running.map((each) => each.isAlive())).toEqual(running.map(() => true))
  })
})

describe('the list', () => {
  const line = {
    main: null,
    node: 'v24',
    signal: 'SIGUSR2',
    running: 12,
    leaks: 1,
    warnings: 0,
    findings: '1 leak',
    unanswered: null,
  }

  it('is one line where there is none', () => {
    expect(processTable([], 80)).toBe(
      'No process of this user is watched. Start one with `node --require leakwatch app.js`.\n',
    )
  })

  it('stands below its heading, whatever the characters of a name take', () => {
    const lines = ['请求-网关', 'cafe\u0301', '🚀', 'mail'].map((service) => ({
      ...line,
      pid: 7,
      service,
      ageMs: 900_000,
    }))
    expect(`\n${processTable(lines, 80)}`).toMatchInlineSnapshot(`
      "
      PID  SERVICE       AGE  RUNNING  FINDINGS
        7  请求-网关  15 min       12  1 leak
        7  café       15 min       12  1 leak
        7  🚀         15 min       12  1 leak
        7  mail       15 min       12  1 leak
      "
    `)
    expect(processTable(lines, 8)).toContain('  7  请求-…   15 min')
  })

  it('clips a long service', () => {
    const long = '@some-organisation/the-orders-api-of-the-north-western-region'
    const lines = [
      { ...line, pid: 7, service: long, ageMs: 900_000 },
      { ...line, pid: 12_345, service: 'mail', ageMs: 3 * 86_400_000, leaks: 0, warnings: 2, findings: '' },
    ]
    expect(`\n${processTable(lines, 80)}`).toMatchInlineSnapshot(`
      "
        PID  SERVICE                            AGE  RUNNING  FINDINGS
          7  @some-organisation/the-orders…  15 min       12  1 leak
      12345  mail                               3 d       12  none
      "
    `)
    expect(processTable(lines, 200)).toContain(`    7  ${long}  15 min       12  1 leak\n`)
  })
})
