import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, it, vi } from 'vitest'
import { nodeVersion } from './program.ts'
import { bin, leaking, leaksOf, makeFolder, runCommand } from './run-command.ts'

vi.setConfig({ maxConcurrency: 3, testTimeout: 90_000 })

const folder = makeFolder({
  'three.sh': 'node alone.mjs\nnode with-worker.mjs\nnode with-child.mjs\n',
  'alone.mjs': leaking('Alone'),
  'with-worker.mjs': `import { Worker } from 'node:worker_threads'
${leaking('Master')}
new Worker(new URL('worker.mjs', import.meta.url))
`,
  'worker.mjs': leaking('Servant'),
  'with-child.mjs': `import { fork } from 'node:child_process'
${leaking('Parent')}
fork('./child.mjs')
`,
  'child.mjs': leaking('Child'),
  'cluster.mjs': `import cluster from 'node:cluster'
if (cluster.isPrimary) for (let left = 3; left > 0; left -= 1) cluster.fork()
else {
  ${leaking('Served')}
  process.exit()
}
`,
  'clean.mjs': `import { fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
fork('./empty.mjs')
new Worker(new URL('empty.mjs', import.meta.url))
`,
  'empty.mjs': '',
  'killed-child.mjs': `import { spawn } from 'node:child_process'
spawn('node', ['-e', "process.kill(process.pid, 'SIGKILL')", 'password=hunter2'], { stdio: 'inherit' })
`,
  'workers.mjs': `import { SHARE_ENV, Worker } from 'node:worker_threads'
const start = (name, options) => new Promise((resolve) =>
  new Worker(new URL(name, import.meta.url), options).on('exit', resolve))
await start('own-worker.mjs', { env: { NODE_OPTIONS: process.env.NODE_OPTIONS } })
await start('bare-worker.mjs', { env: {} })
await start('sharing-worker.mjs', { env: SHARE_ENV })
await start('flagged-worker.mjs', { execArgv: ['--no-warnings'] })
`,
  'own-worker.mjs': leaking('Own'),
  'bare-worker.mjs': leaking('Bare'),
  'sharing-worker.mjs': leaking('Sharing'),
  'flagged-worker.mjs': leaking('Flagged'),
  'full.mjs': `import { openSync } from 'node:fs'
${leaking('Full')}
try { for (;;) openSync('/dev/null') } catch {}
`,
  'large.mjs': `${leaking('Large')}
const many = Array.from({ length: 800 }, () => new Large())
globalThis.all = many
for (const each of many) each.start()
`,
  'large.sh': 'for each in 1 2 3; do node large.mjs & done; wait\n',
  'left.sh': `sleep 60 > /dev/null 2>&1 & echo $!
node waits.mjs > waits.txt 2> /dev/null & echo $!
until [ -s waits.txt ]; do sleep 0.02; done
`,
  'waits.mjs': "setInterval(() => {}, 1000); console.log('waits')\n",
  'with-config/package.json': '{}',
  'nested.sh': `node alone.mjs; node '${bin}' run --format none -- node child.mjs || true\n`,
})
afterAll(() => folder.remove())

describe(`\`leakwatch run\`, on Node ${nodeVersion}`, () => {
  it.concurrent('prints plain text where a coding agent runs it, unless another format is asked for', async ({
    expect,
  }) => {
    const agent = { CLAUDECODE: '1' }
    const command = ['node', 'alone.mjs']
    const [chosen, asked, text, setting] = await Promise.all([
      runCommand(folder, command, { flags: [], env: agent }),
      runCommand(folder, command, { flags: ['--format', 'agent'] }),
      runCommand(folder, command, { flags: ['--format', 'text'], env: agent }),
      runCommand(folder, command, { flags: [], env: { ...agent, LEAKWATCH_FORMAT: 'json' } }),
    ])
    const plain =
      /^leakwatch: 1 leak in .*\n1\. alone\.mjs:\d+ leak never-stopped .*\n(?: {3}.*\n)+prove: npx leakwatch run -- node alone\.mjs\n$/
    for (const { code, stderr, stdout } of [chosen, asked]) {
      expect({ code, stdout }).toEqual({ code: 23, stdout: '' })
      expect(stderr).toMatch(plain)
    }
    expect(text.stderr).toContain('✖ ')
    expect(setting.stderr).toContain('"schema":"leakwatch/1"')
  })

  it.concurrent('tells every leak of a shell script once, in the right process', async ({ expect }) => {
    const flags = ['--format', 'json', '--out', 'saved.json']
    const { code, report, left } = await runCommand(folder, ['sh', 'three.sh'], { flags })
    expect(leaksOf(report).toSorted()).toEqual([
      'node alone.mjs: never-stopped Alone',
      'node child.mjs: never-stopped Child',
      'node with-child.mjs: never-stopped Parent',
      'node with-worker.mjs thread worker.mjs: never-stopped Servant',
      'node with-worker.mjs: never-stopped Master',
    ])
    const ids = [...(report?.findings ?? []), ...(report?.engines ?? []), ...(report?.handles ?? [])].map(
      ({ id }) => id,
    )
    expect(new Set(ids).size).toBe(ids.length)
    for (const { engine, handles } of report?.findings ?? []) {
      expect(report?.engines.map(({ id }) => id)).toContain(engine)
      for (const handle of handles) expect(report?.handles.map(({ id }) => id)).toContain(handle)
    }
    expect({ code, left, leaks: report?.summary.leaks, command: report?.command }).toEqual({
      code: 23,
      left: [],
      leaks: 5,
      command: 'sh three.sh',
    })
    // Saved for the user alone, and shown.
    expect(statSync(join(folder.path, 'saved.json')).mode & 0o777).toBe(0o600)
    const shown = await runCommand(folder, ['node', bin, 'show', 'saved.json'], { flags: null })
    expect(shown.stdout).toContain('── node alone.mjs (pid ')
  })

  it.concurrent('is silent where nothing leaked and all reported', async ({ expect }) => {
    const run = await runCommand(folder, ['node', 'clean.mjs'], { flags: ['--out', 'none.json'] })
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '', left: [] })
    expect(existsSync(join(folder.path, 'none.json'))).toBe(false)
  })

  it.concurrent('leaves an empty folder where nothing leaked, and that can be compared with', async ({
    expect,
  }) => {
    const runs = [
      runCommand(folder, ['node', 'empty.mjs'], { flags: ['--out', 'fixed/'] }),
      runCommand(folder, ['node', 'alone.mjs'], { flags: ['--out', 'broken/'] }),
    ]
    expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 23])
    expect(readdirSync(join(folder.path, 'fixed'))).toEqual([])
    const [better, worse] = await Promise.all(
      [
        ['broken/', 'fixed/'],
        ['fixed/', 'broken/'],
      ].map((sides) => runCommand(folder, ['node', bin, 'diff', '--fail', ...sides], { flags: null })),
    )
    expect(better).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('nothing grew') })
    expect(worse).toMatchObject({ code: 23, stderr: '', stdout: expect.stringContaining('1 more Alone') })
  })

  it.concurrent('makes one finding of the same bug in several processes', async ({ expect }) => {
    const { report } = await runCommand(folder, ['node', 'cluster.mjs'])
    const [finding, ...others] = report?.findings ?? []
    expect(others).toEqual([])
    expect(finding).toMatchObject({ count: 3, handles: { length: 3 } })
    const pids = finding?.processes?.map(({ pid }) => pid) ?? []
    expect(new Set(pids).size).toBe(3)
    expect(finding?.process).toEqual({ pid: pids[0], threadId: 0 })
  })

  it.concurrent('hears of every worker that has its NODE_OPTIONS', async ({ expect }) => {
    const { stderr, report } = await runCommand(folder, ['node', 'workers.mjs'])
    expect(leaksOf(report).toSorted()).toEqual([
      'node workers.mjs thread flagged-worker.mjs: never-stopped Flagged',
      'node workers.mjs thread own-worker.mjs: never-stopped Own',
      'node workers.mjs thread sharing-worker.mjs: never-stopped Sharing',
    ])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it.concurrent('names a child that died without a report, without its secrets, and does not fail for it', async ({
    expect,
  }) => {
    const { code, stderr } = await runCommand(folder, ['node', 'killed-child.mjs'], {
      flags: ['--format', 'text'],
    })
    expect(stderr.replace(/\s+\(pid\s+\d+\)/, ' (pid N)')).toMatchInlineSnapshot(`
      "leakwatch: no leaks in 2 processes of node killed-child.mjs
          no report node -e "process.kill(process.pid, 'SIGKILL')" password=*** (pid N): it was killed, or it crashed
      "
    `)
    expect(code).toBe(0)
  })

  it.concurrent('gathers reports of megabytes that are written at the same time', async ({ expect }) => {
    const { report } = await runCommand(folder, ['sh', 'large.sh'], { env: { LEAKWATCH_STACKS: 'all' } })
    expect(report?.self.faults).toEqual([])
    expect(report?.findings.map(({ count, processes }) => [count, processes?.length])).toEqual([
      [2400, 3],
      [3, 3],
    ])
  })

  it.concurrent('has the report of one that has no descriptor left', async ({ expect }) => {
    const run = await runCommand(folder, ['sh', '-c', 'ulimit -n 60; exec node full.mjs'])
    expect(leaksOf(run.report)).toEqual(['node full.mjs: never-stopped Full'])
    expect(run.stderr).not.toContain('expected')
  })

  it.concurrent('names what is left behind, and leaves it alone', async ({ expect }) => {
    const { code, report, stdout } = await runCommand(folder, ['sh', 'left.sh'])
    const pids = stdout.trim().split('\n').map(Number)
    expect(report?.leftRunning).toEqual([
      { pid: pids[0], command: 'sleep 60' },
      { pid: pids[1], command: 'node waits.mjs' },
    ])
    expect(code).toBe(0)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
  })

  it.concurrent('prints what is for programs to stdout, and what is for people to stderr', async ({
    expect,
  }) => {
    const formats = ['json', 'ndjson', 'github', 'sarif', 'junit', 'html', 'text']
    const runs = await Promise.all(
      formats.map((format) => runCommand(folder, ['node', 'alone.mjs'], { flags: ['--format', format] })),
    )
    const printed = runs.map(({ stdout, stderr, report }) => [
      report !== null || /Alone/.test(stdout),
      /Alone/.test(stderr),
    ])
    expect(printed).toEqual(formats.map((format) => [format !== 'text', format === 'text']))
    const asked = await runCommand(folder, ['node', 'alone.mjs'], {
      flags: [],
      env: { LEAKWATCH_FORMAT: 'json' },
    })
    expect(asked).toMatchObject({ report: null, stderr: expect.stringContaining('{"schema"') })
  })

  it.concurrent('fails where the config file is the one that `init` wrote', async ({ expect }) => {
    const cwd = join(folder.path, 'with-config')
    const run = await runCommand(
      folder,
      ['sh', '-c', `node '${bin}' init > /dev/null; cat leakwatch.config.json`],
      { flags: null, cwd },
    )
    expect(run.code).toBe(0)
    expect(await runCommand(folder, ['node', '../alone.mjs'], { cwd })).toMatchObject({ code: 23 })
  })

  it.concurrent('within another `run` tells both', async ({ expect }) => {
    const { code, report } = await runCommand(folder, ['sh', 'nested.sh'])
    expect(leaksOf(report)).toEqual([
      'node alone.mjs: never-stopped Alone',
      'node child.mjs: never-stopped Child',
    ])
    expect(code).toBe(23)
  })

  it.concurrent('leaves the exit codes of the processes alone, and says where it watched none', async ({
    expect,
  }) => {
    const env = { LEAKWATCH_FAIL: 'on' }
    const own = await runCommand(folder, ['sh', '-c', 'node alone.mjs; echo $?'], { env })
    expect(own).toMatchObject({ code: 23, stdout: '0\n', report: { summary: { leaks: 1 } } })
    const none = await runCommand(folder, ['echo', 'hello'], { flags: ['--format', 'text'] })
    expect(none).toMatchObject({
      code: 0,
      stdout: 'hello\n',
      stderr: 'leakwatch: no Node.js process of echo hello was watched: nothing was checked\n',
    })
  })

  it.concurrent('hands its flags to the processes, and names each that makes no sense', async ({
    expect,
  }) => {
    const ignore = [
      '--ignore',
      '{"engine":"Parent","reason":"a test"}',
      '--ignore',
      '[{"engine":"Child","reason":"a test"}]',
    ]
    expect(await runCommand(folder, ['node', 'with-child.mjs'], { flags: ignore })).toMatchObject({
      code: 0,
      stderr: '',
    })
    const wrong: [flags: string[], line: RegExp][] = [
      [['--timeout', 'soon'], /^LEAKWATCH_TIMEOUT_INVALID: expected .*; got `soon`\n$/],
      [['--ignore', '{"engine":"A"}'], /^LEAKWATCH_IGNORE_INVALID: expected .*; got `\{"engine":"A"\}`\n$/],
      [['--config', 'none.json'], /^LEAKWATCH_CONFIG_UNREADABLE: expected `none\.json` .*; got ENOENT\n$/],
    ]
    for (const [flags, line] of wrong) {
      const run = await runCommand(folder, ['touch', 'ran'], { flags })
      expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(line) })
    }
    expect(existsSync(join(folder.path, 'ran'))).toBe(false)
  })
})
