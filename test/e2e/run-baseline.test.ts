import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { node, nodeVersion } from './program.ts'
import { leaking, makeFolder, runCommand } from './run-command.ts'

const folder = makeFolder({
  'leakwatch.config.json': '{}',
  'old.mjs': leaking('Old'),
  'more.mjs': `${leaking('Old').split('globalThis')[0]}globalThis.kept = [1, 2].map(() => { const old = new Old(); old.start(); return old })\n`,
  'both.mjs': `import './old.mjs'\n${leaking('New').replaceAll('kept', 'keptToo')}`,
  'clean.mjs': 'setTimeout(() => {}, 1)\n',
  'src/empty.mjs': '',
  'held/leakwatch.config.json': '{}',
  'held/held.mjs': `class Held {
    start() { this.timer = setInterval(() => {}, 1000) }
    stop() { clearInterval(this.timer) }
  }
  new Held().start()
  if (process.argv[2] === 'end') process.exit()
  `,
})
afterAll(() => folder.remove())

const baseline = join(folder.path, 'leakwatch.baseline.json')
const read = () => JSON.parse(readFileSync(baseline, 'utf8'))
/** Its text, on stderr. */
const run = async (program: string, ...flags: string[]) => {
  const { code, stderr, left } = await runCommand(folder, ['node', `../${program}`], {
    flags: ['--format', 'text', ...flags],
    cwd: join(folder.path, 'src'),
  })
  expect(left).toEqual([])
  return { code, stderr: stderr.replaceAll(folder.path, '<folder>').replace(/\(pid\s+\d+\)/, '(pid N)') }
}

const testPreload = pathToFileURL(fileURLToPath(new URL('../../dist/node-test.mjs', import.meta.url))).href

/** A test file in which each of `names` is started and not stopped, so often; a timer that beats holds it. */
const suite = (names: Record<string, number>, beat = '() => this.beat()'): string => `
import test from 'node:test'
${Object.entries(names)
  .map(
    ([name, times]) => `class ${name} {
  start() { this.timer = setInterval(${beat}, 1000) }
  beat() {}
  stop() { clearInterval(this.timer) }
}
test('uses ${name}', () => {
  for (let time = 0; time < ${times}; time += 1) new ${name}().start()
})`,
  )
  .join('\n')}
`

describe(`the baseline of a test suite, on Node ${nodeVersion}`, () => {
  const tests = makeFolder({ 'leakwatch.config.json': '{}' })
  afterAll(() => tests.remove())
  const file = join(tests.path, 'leakwatch.baseline.json')
  const command = [node, '--import', testPreload, '--test', 'some.test.mjs']
  const runTests = async (names: Record<string, number>, flags: string[] | null) => {
    writeFileSync(join(tests.path, 'some.test.mjs'), suite(names))
    const { code, stdout, stderr, left } = await runCommand(tests, command, { flags })
    expect(left).toEqual([])
    return { code, stdout, stderr: stderr.replaceAll(tests.path, '<folder>') }
  }

  it('is written from what its tests leak, each of which then passes', async () => {
    expect(await runTests({ Old: 2 }, ['--update-baseline'])).toMatchObject({
      code: 0,
      stderr: 'leakwatch: <folder>/leakwatch.baseline.json knows 1 leak now: 1 new, 0 gone\n',
    })
    expect(JSON.parse(readFileSync(file, 'utf8')).leaks).toMatchObject([
      { kind: 'never-stopped', name: 'Old', place: 'some.test.mjs:9', count: 2 },
    ])
    expect((await runTests({ Old: 2 }, null)).code).toBe(0)
    const known = await runTests({ Old: 2 }, ['--format', 'text'])
    expect(known.code).toBe(0)
    expect(known.stderr).toMatch(
      /^leakwatch: no new leaks in [\s\S]*\n +known +1 leak of leakwatch\.baseline\.json\n$/,
    )
  })

  it('lets new leaks fail, and more of a known one', async () => {
    const { code, stdout } = await runTests({ Old: 2, New: 1 }, null)
    expect(code).toBe(1)
    expect(stdout).toContain('New was started')
    expect(stdout).not.toContain('Old was started')
    const more = await runTests({ Old: 3 }, null)
    expect(more.code).toBe(1)
    expect(more.stdout).toContain('3 Old were started')
    const told = await runTests({ Old: 2, New: 1 }, ['--format', 'text'])
    expect(told.code).toBe(1)
    expect(told.stderr).toMatch(
      /^leakwatch: no new leaks but 1 that the tests reported in [\s\S]*known +1 leak/,
    )
  })

  it('takes what V8 has collected for what it was before', async () => {
    await runTests({ Old: 2 }, ['--update-baseline'])
    const collected = `${suite({ Old: 2 }, '() => {}')}
import { setTimeout as pause } from 'node:timers/promises'
test('lets V8 collect', async () => {
  await pause(200)
  for (let time = 0; time < 5; time += 1) { gc(); await pause(20) }
})`
    writeFileSync(join(tests.path, 'some.test.mjs'), collected)
    const bare = await runCommand(tests, [node, '--expose-gc', '--import', testPreload, 'some.test.mjs'], {
      flags: null,
      env: { LEAKWATCH_BASELINE: join(tests.path, 'none.json') },
    })
    expect(bare.stdout).toMatch(/2 Old were garbage-collected while running/)
    const known = await runCommand(tests, [node, '--expose-gc', '--import', testPreload, 'some.test.mjs'], {
      flags: null,
    })
    expect(known.code).toBe(0)
  })

  it('that is none is said, and nothing is known', async () => {
    writeFileSync(file, '<<<<<<< HEAD\n')
    const { code, stdout, stderr } = await runTests({ Old: 2 }, null)
    expect(code).toBe(1)
    expect(stdout + stderr).toMatch(/LEAKWATCH_BASELINE_INVALID: expected .*\. Leaving it out\./)
  })
})

describe(`the baseline, on Node ${nodeVersion}`, () => {
  it('is written beside the config file, and what it knows does not fail', async () => {
    expect(await run('old.mjs', '--update-baseline')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stderr": "leakwatch: <folder>/leakwatch.baseline.json knows 1 leak now: 1 new, 0 gone
      ",
      }
    `)
    expect(read()).toEqual({
      schema: 'leakwatch-baseline/1',
      leaks: [
        {
          id: expect.stringMatching(/^[\da-f]{12}$/),
          kind: 'never-stopped',
          name: 'Old',
          place: 'old.mjs:6',
          count: 1,
        },
      ],
    })
    expect(await run('old.mjs')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stderr": "leakwatch: no new leaks in node <folder>/old.mjs (pid N)
          known     1 leak of ../leakwatch.baseline.json
      ",
      }
    `)
  })

  it('lets a new leak fail, and tells of that alone', async () => {
    const { code, stderr } = await run('both.mjs')
    expect(code).toBe(23)
    expect(stderr).toMatch(/^leakwatch: 1 leak in /)
    expect(stderr).toContain('✖ New was started')
    expect(stderr).not.toContain('Old')
    expect(stderr).toMatch(/^ {4}known {5}1 leak of \.\.\/leakwatch\.baseline\.json$/m)
  })

  it('names what is gone, and drops it when it is updated', async () => {
    expect(await run('clean.mjs')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stderr": "leakwatch: no new leaks in node <folder>/clean.mjs (pid N)
          gone      Old (never-stopped, old.mjs:6): not seen in this run;
                    \`--update-baseline\` drops it
      ",
      }
    `)
    expect(await run('clean.mjs', '--update-baseline')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stderr": "leakwatch: <folder>/leakwatch.baseline.json knows 0 leaks now: 0 new, 1 gone
      leakwatch: gone, as this run did not see it: Old (never-stopped, old.mjs:6)
      ",
      }
    `)
    expect(read().leaks).toEqual([])
  })

  it('lets more of what is known fail, unless its count was taken out', async () => {
    await run('old.mjs', '--update-baseline')
    const [known] = read().leaks
    const file = (leak: object) =>
      writeFileSync(baseline, JSON.stringify({ schema: 'leakwatch-baseline/1', leaks: [leak] }))
    writeFileSync(join(folder.path, 'old.mjs'), readFileSync(join(folder.path, 'more.mjs')))
    file(known)
    const more = await run('old.mjs')
    expect(more).toMatchObject({
      code: 23,
      stderr: expect.stringMatching(
        /^ {4}known {5}the baseline allows 1 in one process; there are more now$/m,
      ),
    })
    const { count: _count, ...uncounted } = known
    file(uncounted)
    expect(await run('old.mjs')).toMatchObject({ code: 0 })
  })

  it('that is none stops the run before its command', async () => {
    writeFileSync(baseline, '<<<<<<< HEAD\n')
    const { code, stderr } = await run('old.mjs')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^LEAKWATCH_BASELINE_INVALID: expected `<folder>\/leakwatch\.baseline\.json` to be a baseline .*\n$/,
    )
  })

  it.each([{ id: 'a1' }, { id: 'a1', kind: 'orphan', name: 'setInterval', place: null, count: -1 }])(
    'with %o in it stops the run, too',
    async (leak) => {
      writeFileSync(baseline, JSON.stringify({ schema: 'leakwatch-baseline/1', leaks: [leak] }))
      const { code, stderr } = await run('old.mjs')
      expect(code).toBe(2)
      expect(stderr).toMatch(/^LEAKWATCH_BASELINE_INVALID: expected .* got the leak `\{"id":"a1".*\}`\.?\n$/)
    },
  )

  it('names what it knows of that held a run which had to be ended', async () => {
    const cwd = join(folder.path, 'held')
    await runCommand(folder, ['node', 'held.mjs', 'end'], { flags: ['--update-baseline'], cwd })
    const flags = ['--format', 'text', '--timeout', '1']
    const { code, stderr } = await runCommand(folder, ['node', 'held.mjs'], { flags, cwd })
    expect(code).toBe(124)
    // Where its lines are wrapped depends on the pid.
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /^leakwatch: no new leaks in .*, ended by leakwatch after 1 s known 1 leak of leakwatch\.baseline\.json held by Held \(never-stopped, held\.mjs:5\), known $/,
    )
  })

  it('that cannot be written stops the run, or loses nothing of it', async () => {
    rmSync(baseline)
    const more = readFileSync(join(folder.path, 'more.mjs'), 'utf8')
    const taking = `import { mkdirSync } from 'node:fs'; mkdirSync(new URL('leakwatch.baseline.json', import.meta.url))\n${more}`
    writeFileSync(join(folder.path, 'takes-its-place.mjs'), taking)
    const after = await run('takes-its-place.mjs', '--update-baseline')
    expect(after.code).toBe(23)
    expect(after.stderr).toMatch(/^leakwatch: \d leaks? in [\s\S]*\nLEAKWATCH_BASELINE_UNWRITABLE: .*\n$/)
    writeFileSync(join(folder.path, 'leakwatch.config.json'), '{ "baseline": "absent/baseline.json" }')
    const before = await run('old.mjs', '--update-baseline')
    expect(before).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^LEAKWATCH_BASELINE_UNWRITABLE: .*\n$/),
    })
  })
})
