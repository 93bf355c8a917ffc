import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isOff } from '../../src/settings/early/is-off.ts'
import { readSettings, settingTable } from '../../src/settings/settings.ts'

let root: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'settings-')))
  mkdirSync(join(root, '.git'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function file(path: string, text: string | object): string {
  const whole = join(root, path)
  mkdirSync(dirname(whole), { recursive: true })
  writeFileSync(whole, typeof text === 'string' ? text : JSON.stringify(text))
  return whole
}

/** The folder's name differs in every run. */
function complaintsOf(env: Record<string, string>, cwd = root): string[] {
  return readSettings(env, cwd).complaints.map((line) => line.replaceAll(root, '<root>'))
}

describe('the environment', () => {
  it('says nothing: the defaults', () => {
    expect(readSettings({}, root)).toMatchInlineSnapshot(`
      {
        "complaints": [],
        "settings": {
          "baseline": null,
          "cache": "auto",
          "checkMs": 30000,
          "colour": "auto",
          "configFile": null,
          "detect": true,
          "enabled": true,
          "fail": false,
          "format": "auto",
          "graceMs": 250,
          "ignore": [],
          "isCi": false,
          "out": null,
          "run": null,
          "service": null,
          "signal": "SIGUSR2",
          "stackBudget": 1,
          "stacks": "auto",
          "stallMs": 10000,
          "testExit": true,
          "testMode": "per-file",
          "verbs": null,
          "why": false,
        },
      }
    `)
  })

  it('has variables that are none of the settings, and says which was meant', () => {
    const meant = { LEAKWATCH_FAILL: 'on', LEAKWATCH_GRACE: '5', LEAKWATCH_MOON: '1' }
    // Kubernetes sets the last two beside a service named `leakwatch`.
    const others = { LEAKWATCH_TEST_MODE: 'per-run', LEAKWATCH_PORT_80_TCP: 'a', LEAKWATCH_SERVICE_HOST: 'b' }
    expect(complaintsOf({ ...meant, ...others })).toMatchInlineSnapshot(`
      [
        "LEAKWATCH_VARIABLE_UNKNOWN: expected a variable of leakwatch's; got \`LEAKWATCH_FAILL\`. Leaving it out. Did you mean \`LEAKWATCH_FAIL\`?",
        "LEAKWATCH_VARIABLE_UNKNOWN: expected a variable of leakwatch's; got \`LEAKWATCH_GRACE\`. Leaving it out. Did you mean \`LEAKWATCH_GRACE_MS\`?",
        "LEAKWATCH_VARIABLE_UNKNOWN: expected a variable of leakwatch's; got \`LEAKWATCH_MOON\`. Leaving it out.",
      ]
    `)
    expect(complaintsOf({ ...meant, LEAKWATCH: 'off' })).toEqual([])
  })

  it('sets each setting', () => {
    const { settings, complaints } = readSettings(
      {
        LEAKWATCH: 'on',
        LEAKWATCH_FORMAT: 'json',
        LEAKWATCH_OUT: 'out/%p.json',
        LEAKWATCH_BASELINE: 'known.json',
        LEAKWATCH_RUN: '1:2:/proc/3/fd/4',
        LEAKWATCH_FAIL: 'on',
        LEAKWATCH_SIGNAL: 'SIGHUP',
        LEAKWATCH_GRACE_MS: '0',
        LEAKWATCH_STALL_MS: '1',
        LEAKWATCH_CHECK_MS: '2',
        LEAKWATCH_STACKS: 'all',
        LEAKWATCH_STACK_BUDGET: '2.5',
        LEAKWATCH_DETECT: 'off',
        LEAKWATCH_VERBS: '{"start":["ignite"],"stop":["extinguish"]}',
        LEAKWATCH_IGNORE: '[{"engine":"Cache","reason":"lives as long as the process"}]',
        LEAKWATCH_CACHE: '.cache',
        LEAKWATCH_WHY: 'on',
        LEAKWATCH_SERVICE: 'shop',
        LEAKWATCH_TEST_MODE: 'per-test',
        LEAKWATCH_TEST_EXIT: 'off',
        CI: 'true',
        NO_COLOR: '1',
      },
      root,
    )
    expect(complaints).toEqual([])
    expect(settings).toEqual({
      enabled: true,
      verbs: { start: ['ignite'], stop: ['extinguish'] },
      configFile: null,
      format: 'json',
      out: join(root, 'out/%p.json'),
      baseline: join(root, 'known.json'),
      run: '1:2:/proc/3/fd/4',
      fail: true,
      signal: 'SIGHUP',
      graceMs: 0,
      stallMs: 1,
      checkMs: 2,
      stacks: 'all',
      stackBudget: 2.5,
      detect: false,
      ignore: [{ engine: 'Cache', reason: 'lives as long as the process' }],
      cache: join(root, '.cache'),
      why: true,
      service: 'shop',
      testMode: 'per-test',
      testExit: false,
      isCi: true,
      colour: 'never',
    })
  })

  it('empty is as good as unset, and space around a value is none of it', () => {
    const { settings, complaints } = readSettings({ LEAKWATCH_FORMAT: '', LEAKWATCH_STACKS: ' all ' }, root)
    expect([settings.format, settings.stacks, complaints]).toEqual(['auto', 'all', []])
  })

  it('a rule for a kind that there is not would ignore nothing: it is named', () => {
    const [complaint] = complaintsOf({ LEAKWATCH_IGNORE: '[{"kind":"never-stoped","reason":"cache"}]' })
    expect(complaint).toMatch(/^LEAKWATCH_IGNORE_INVALID: .*; got `{"kind":"never-stoped","reason":"cache"}`/)
  })

  it('a value that makes no sense is named in one line, and the default used', () => {
    const env = {
      LEAKWATCH: 'maybe',
      LEAKWATCH_FORMAT: 'xml',
      LEAKWATCH_FAIL: 'yes\nforged line',
      LEAKWATCH_SIGNAL: 'SIGKILL',
      LEAKWATCH_GRACE_MS: '-1',
      LEAKWATCH_STALL_MS: '10s',
      LEAKWATCH_CHECK_MS: '99999999999',
      LEAKWATCH_STACK_BUDGET: '101',
      LEAKWATCH_IGNORE: '[{"kind":"orphan","reason":"fine"},{"kind":"orphan"}]',
    }
    expect(complaintsOf(env)).toMatchInlineSnapshot(`
      [
        "LEAKWATCH_UNKNOWN: expected \`LEAKWATCH\` to be one of \`on\`, \`off\`; got \`maybe\`. Using \`on\`.",
        "LEAKWATCH_FORMAT_UNKNOWN: expected \`LEAKWATCH_FORMAT\` to be one of \`auto\`, \`text\`, \`json\`, \`ndjson\`, \`none\`; got \`xml\`. Using \`auto\`.",
        "LEAKWATCH_FAIL_UNKNOWN: expected \`LEAKWATCH_FAIL\` to be one of \`on\`, \`off\`; got \`yes forged line\`. Using \`off\`.",
        "LEAKWATCH_SIGNAL_UNKNOWN: expected \`LEAKWATCH_SIGNAL\` to be a signal that can be listened to, such as \`SIGUSR2\`, or \`none\`; got \`SIGKILL\`. Using \`SIGUSR2\`.",
        "LEAKWATCH_GRACE_MS_INVALID: expected \`LEAKWATCH_GRACE_MS\` to be a number of milliseconds from 0 to 2147483647; got \`-1\`. Using \`250\`.",
        "LEAKWATCH_STALL_MS_INVALID: expected \`LEAKWATCH_STALL_MS\` to be a number of milliseconds from 0 to 2147483647; got \`10s\`. Using \`10000\`.",
        "LEAKWATCH_CHECK_MS_INVALID: expected \`LEAKWATCH_CHECK_MS\` to be a number of milliseconds from 0 to 2147483647; got \`99999999999\`. Using \`30000\`.",
        "LEAKWATCH_STACK_BUDGET_INVALID: expected \`LEAKWATCH_STACK_BUDGET\` to be a percentage from 0 to 100; got \`101\`. Using \`1\`.",
        "LEAKWATCH_IGNORE_INVALID: expected \`LEAKWATCH_IGNORE\` to be a JSON array of rules \`{ kind?, engine?, type?, file?, package?, id?, reason }\`, each with a \`reason\` and at least one other key, and a known \`kind\`; got \`{"kind":"orphan"}\`. Using none.",
      ]
    `)
    expect(readSettings(env, root).settings).toEqual(readSettings({}, root).settings)
  })

  it.each([
    '[',
    '{}',
    '[1]',
    '[{"reason":"all of it"}]',
    '[{"egine":"A","reason":"typo"}]',
    '[{"engine":"A","reason":" "}]',
  ])('no rules: %s', (rules) => {
    expect(complaintsOf({ LEAKWATCH_IGNORE: rules })).toEqual([
      expect.stringMatching(/^LEAKWATCH_IGNORE_INVALID: /),
    ])
  })

  it('a signal is listened to, or none', () => {
    expect(readSettings({ LEAKWATCH_SIGNAL: 'none' }, root).settings.signal).toBe(null)
    expect(complaintsOf({ LEAKWATCH_SIGNAL: 'toString' })).toHaveLength(1)
  })

  it.each([
    [{}, 'auto'],
    [{ NO_COLOR: '1' }, 'never'],
    [{ NO_COLOR: '' }, 'auto'],
    [{ TERM: 'dumb' }, 'never'],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, 'always'],
    [{ FORCE_COLOR: '' }, 'always'],
    [{ FORCE_COLOR: '0' }, 'never'],
  ])('colour under %j: %s', (env, colour) => {
    expect(readSettings(env, root).settings.colour).toBe(colour)
  })

  it('off is off whatever else is set, in silence', () => {
    file('leakwatch.config.json', '{ not JSON')
    const { settings, complaints } = readSettings({ LEAKWATCH: 'off', LEAKWATCH_FORMAT: 'xml' }, root)
    expect([settings.enabled, complaints]).toEqual([false, []])
    expect([isOff({ LEAKWATCH: 'off' }), isOff({ LEAKWATCH: 'on' }), isOff({})]).toEqual([true, false, false])
  })
})

describe('the config file', () => {
  it('may have comments and trailing commas', () => {
    file(
      'leakwatch.config.json',
      `\ufeff// of the shop
      {
        /* "format": "json", */
        "format": "text", // not "json"
        "service": "a // b /* c */, }",
        "ignore": [{ "type": "Timeout", "reason": "ok,]", },],
        "fail": true,
      }`,
    )
    const { settings, complaints } = readSettings({}, root)
    expect(complaints).toEqual([])
    expect(settings).toMatchObject({
      format: 'text',
      service: 'a // b /* c */, }',
      ignore: [{ type: 'Timeout', reason: 'ok,]' }],
      fail: true,
    })
  })

  it('has a key for every setting', () => {
    const keys = Object.keys(settingTable).map((key) => (key === 'enabled' ? 'leakwatch' : key))
    file('leakwatch.config.json', Object.fromEntries(keys.map((key) => [key, '?'])))
    expect(complaintsOf({}).filter((line) => line.startsWith('LEAKWATCH_KEY_UNKNOWN'))).toEqual([])
  })

  it('is beaten by the environment, setting by setting', () => {
    file('leakwatch.config.json', { format: 'text', graceMs: 10 })
    expect(readSettings({ LEAKWATCH_FORMAT: 'json' }, root).settings).toMatchObject({
      format: 'json',
      graceMs: 10,
    })
  })

  it('is looked for upward, the nearest first, and its paths are its own', () => {
    file('leakwatch.config.json', { service: 'far', out: 'reports' })
    file('packages/a/leakwatch.config.json', { service: 'near', out: 'reports' })
    mkdirSync(join(root, 'packages/a/src'))
    mkdirSync(join(root, 'packages/b'))
    const near = readSettings({}, join(root, 'packages/a/src')).settings
    expect([near.service, near.out]).toEqual(['near', join(root, 'packages/a/reports')])
    const far = readSettings({}, join(root, 'packages/b')).settings
    expect([far.service, far.out]).toEqual(['far', join(root, 'reports')])
  })

  it("is not looked for above the repository's root", () => {
    file('leakwatch.config.json', { service: 'outside' })
    mkdirSync(join(root, 'inner/.git'), { recursive: true })
    expect(readSettings({}, join(root, 'inner')).settings.service).toBe(null)
  })

  it('LEAKWATCH_CONFIG names another', () => {
    file('leakwatch.config.json', { service: 'found' })
    file('etc/watch.json', { service: 'named' })
    expect(readSettings({ LEAKWATCH_CONFIG: 'etc/watch.json' }, root).settings.service).toBe('named')
    expect(complaintsOf({ LEAKWATCH_CONFIG: 'etc/none.json' })).toMatchInlineSnapshot(`
      [
        "LEAKWATCH_CONFIG_UNREADABLE: expected \`<root>/etc/none.json\` to be a file that can be read; got ENOENT. Leaving it out.",
      ]
    `)
  })

  it('`extends` another, relative to itself or in a package; the nearer key counts', () => {
    file('base/one.json', { extends: './two.json', service: 'one', format: 'text' })
    file('base/two.json', { service: 'two', graceMs: 5, out: 'two.json' })
    file('node_modules/watch-config/leakwatch.json', { extends: '../../base/one.json', format: 'json' })
    file('leakwatch.config.json', { extends: 'watch-config/leakwatch.json', checkMs: 7 })
    const { settings, complaints } = readSettings({}, root)
    expect(complaints).toEqual([])
    expect(settings).toMatchObject({ service: 'one', format: 'json', graceMs: 5, checkMs: 7 })
    expect(settings.out).toBe(join(root, 'base/two.json'))
  })

  it('what is wrong in it is named, and the rest counts', () => {
    const wrong: Record<string, string | object> = {
      'unknown key': { fromat: 'json', graceMS: 1, graceMs: 3 },
      'senseless value': { format: ['json'], graceMs: '3' },
      'not JSON': '{ "graceMs": 3,\n oops }',
      'no object': '[]',
      circle: { extends: './leakwatch.config.json', graceMs: 3 },
      'extends nothing': { extends: './none.json', graceMs: 3 },
      'extends no path': { extends: ['a'], graceMs: 3 },
    }
    const said = Object.entries(wrong).flatMap(([what, text]) => {
      file('leakwatch.config.json', text)
      expect(readSettings({}, root).settings.graceMs, what).toBe(typeof text === 'string' ? 250 : 3)
      return complaintsOf({})
    })
    // Each Node words its syntax errors anew.
    expect(
      said.map((line) => line.replace(/object; got .*JSON.*\. Leaving/, 'object; got <syntax>. Leaving')),
    ).toMatchInlineSnapshot(`
      [
        "LEAKWATCH_KEY_UNKNOWN: expected the keys of \`<root>/leakwatch.config.json\` to be among leakwatch, format, out, baseline, fail, signal, graceMs, stallMs, checkMs, stacks, stackBudget, detect, verbs, ignore, cache, why, service, testMode, testExit, extends, $schema; got \`fromat\`. Leaving it out. Did you mean \`format\`?",
        "LEAKWATCH_KEY_UNKNOWN: expected the keys of \`<root>/leakwatch.config.json\` to be among leakwatch, format, out, baseline, fail, signal, graceMs, stallMs, checkMs, stacks, stackBudget, detect, verbs, ignore, cache, why, service, testMode, testExit, extends, $schema; got \`graceMS\`. Leaving it out. Did you mean \`graceMs\`?",
        "LEAKWATCH_FORMAT_UNKNOWN: expected \`format\` in \`<root>/leakwatch.config.json\` to be one of \`auto\`, \`text\`, \`json\`, \`ndjson\`, \`none\`; got \`["json"]\`. Using \`auto\`.",
        "LEAKWATCH_CONFIG_INVALID: expected \`<root>/leakwatch.config.json\` to be a JSON object; got <syntax>. Leaving it out.",
        "LEAKWATCH_CONFIG_INVALID: expected \`<root>/leakwatch.config.json\` to be a JSON object; got an array. Leaving it out.",
        "LEAKWATCH_CONFIG_CIRCULAR: expected \`extends\` to lead to another file; got \`<root>/leakwatch.config.json\` again. Leaving it out.",
        "LEAKWATCH_CONFIG_UNREADABLE: expected \`<root>/none.json\` to be a file that can be read; got ENOENT. Leaving it out.",
        "LEAKWATCH_EXTENDS_INVALID: expected \`extends\` in \`<root>/leakwatch.config.json\` to be a path; got ["a"]. Leaving it out.",
      ]
    `)
  })

  it('a folder of that name is no file', () => {
    mkdirSync(join(root, 'leakwatch.config.json'))
    expect(complaintsOf({})).toEqual([expect.stringMatching(/^LEAKWATCH_CONFIG_UNREADABLE: .*EISDIR/)])
  })

  it('a deleted working directory has none', () => {
    const { settings, complaints } = readSettings({ LEAKWATCH_OUT: 'out.json' }, '')
    expect([settings.out, complaints]).toEqual(['out.json', []])
  })
})
