/** What is kept for the next start changes nothing but how long it takes. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { headBytes, sealed } from '../../src/cache/cache-file.ts'
import type { Report } from '../../src/report/schema/report.ts'
import { node, preload } from './program.ts'
import { Project, root } from './project.ts'
import { race } from './race.ts'

const engineText = (name: string): string =>
  `export class ${name} {
  start() { this.timer = setInterval(() => {}, 1000).unref() }
  stop() { clearInterval(this.timer) }
}
`
const files = {
  'package.json': '{ "type": "module" }',
  'engine.js': engineText('Engine'),
  'plain.js': 'export const stopWords = ["start", "stop"]\n',
  'main.js': "import { Engine } from './engine.js'\nimport './plain.js'\nnew Engine().start()\n",
}
const isRoot = process.geteuid?.() === 0
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function makeProject(): Project {
  const project = new Project(files)
  projects.push(project)
  return project
}

const usual = 'node_modules/.cache/leakwatch'

/** What the program's report says, which is all that may stand on its stderr. */
async function start(
  project: Project,
  env: Record<string, string> = {},
  { flags = [] as string[], main = 'main.js' } = {},
): Promise<string> {
  const args = [...flags, '--import', preload, main]
  const { code, stderr } = await project.run(args, { LEAKWATCH_FORMAT: 'json', ...env })
  return said(code, stderr)
}

function said(code: number, stderr: string): string {
  const { findings, engines, errors } = JSON.parse(stderr) as Report & { errors?: string[] }
  const named = findings.map(({ kind, engine, message }) => {
    const name = engines.find(({ id }) => id === engine)?.name
    return `${kind} ${name} ${message.split('\n')[0]?.includes(String(name))}`
  })
  return `${code}: ${[...named, ...(errors ?? [])].join(', ')}`
}

const right = '0: never-stopped Engine true'

function cached(project: Project, folder = usual): string[] {
  const path = join(project.folder, folder)
  return existsSync(path) ? readdirSync(path).toSorted() : []
}

const names = [expect.stringMatching(/^code-[\da-f]{8}\.bin$/), 'reads.bin']

function codeFile(project: Project, folder = usual): string {
  return join(project.folder, folder, cached(project, folder)[0] as string)
}

/** Writes other edits into what was read, as a whole file: who is told of `Cached` has them from there. */
function forge(project: Project, folder = usual): void {
  const file = join(project.folder, folder, 'reads.bin')
  const body = readFileSync(file).subarray(headBytes)
  const forged = Buffer.from(body.toString('latin1').replaceAll('\\"Engine\\"', '\\"Cached\\"'), 'latin1')
  writeFileSync(file, sealed(forged) as Buffer)
}

describe('the cache', () => {
  it('has what was read after a start, and code after the next one, which has from there what it reads', async () => {
    const project = makeProject()
    expect(await start(project)).toBe(right)
    expect(cached(project)).toEqual(['reads.bin'])
    expect(await start(project)).toBe(right)
    expect(cached(project)).toEqual(names)
    const modes = cached(project).map((name) => statSync(join(project.folder, usual, name)).mode & 0o777)
    expect(modes).toEqual([0o600, 0o600])
    const before = statSync(codeFile(project)).mtimeMs
    forge(project)
    expect(await start(project)).toBe('0: never-stopped Cached true')
    expect(statSync(codeFile(project)).mtimeMs).toBe(before)
  })

  it('holds for one text: a file that was edited, with its size and its times as before, is read', async () => {
    const project = makeProject()
    const file = join(project.folder, 'engine.js')
    const { atime, mtime } = statSync(file)
    await start(project)
    writeFileSync(file, `${engineText('Motor_')}`)
    writeFileSync(join(project.folder, 'main.js'), files['main.js'].replaceAll('Engine', 'Motor_'))
    utimesSync(file, atime, mtime)
    expect(await start(project)).toBe('0: never-stopped Motor_ true')
    writeFileSync(file, engineText('Engine'))
    writeFileSync(join(project.folder, 'main.js'), files['main.js'])
    utimesSync(file, atime, mtime)
    expect(await start(project)).toBe(right)
  })

  it('holds for one path: a moved project is read, a symlinked one is the same', async () => {
    const project = makeProject()
    await start(project)
    forge(project)
    symlinkSync(project.folder, join(project.folder, 'link'))
    const linked = join(project.folder, 'link/main.js')
    expect(await start(project, {}, { main: linked })).toBe('0: never-stopped Cached true')
    mkdirSync(join(project.folder, 'moved'))
    for (const name of [...Object.keys(files), 'node_modules'])
      renameSync(join(project.folder, name), join(project.folder, 'moved', name))
    expect(await start(project, {}, { main: 'moved/main.js' })).toBe(right)
  })

  it('has a file of code for each set of flags, and the other one is no error', async () => {
    const project = makeProject()
    await start(project)
    await start(project)
    const first = codeFile(project)
    const flags = ['--stack-size=900']
    expect(await start(project, {}, { flags })).toBe(right)
    expect(cached(project)).toHaveLength(3)
    const [second] = cached(project).filter((name) => !first.endsWith(name))
    writeFileSync(join(project.folder, usual, second as string), readFileSync(first))
    expect(await start(project, {}, { flags })).toBe(right)
    expect(readFileSync(join(project.folder, usual, second as string)).equals(readFileSync(first))).toBe(
      false,
    )
  })

  it('has code for one place of leakwatch: it names the files that it was made of', async () => {
    const env = { LEAKWATCH_CACHE: join(makeProject().folder, 'shared'), LEAKWATCH_FORMAT: 'json' }
    const told: string[] = []
    for (const starts of [2, 1]) {
      const project = makeProject()
      const copy = join(project.folder, 'copy')
      cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
      cpSync(join(root, 'package.json'), join(copy, 'package.json'))
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
      for (let times = 0; times < starts; times += 1)
        told.push((await project.run(['--require', './copy/dist/index.cjs', 'main.js'], env)).stderr)
    }
    expect(told.flatMap((text) => text.match(/"file":"[^"]*\/copy\/[^"]*"/g) ?? [])).toEqual([])
    expect(told.map((text) => /"file":"[^"]*\/main\.js"/.test(text))).toEqual([true, true, true])
  })

  it('is in the folder that `LEAKWATCH_CACHE` names', async () => {
    const project = makeProject()
    expect(await start(project, { LEAKWATCH_CACHE: 'a/b' })).toBe(right)
    expect([cached(project), cached(project, 'a/b')]).toEqual([[], ['reads.bin']])
    forge(project, 'a/b')
    expect(await start(project, { LEAKWATCH_CACHE: 'a/b' })).toBe('0: never-stopped Cached true')
  })

  it('is written by a process that a signal ends', async () => {
    const project = makeProject()
    writeFileSync(
      join(project.folder, 'main.js'),
      `${files['main.js']}process.kill(process.pid, 'SIGTERM')\nsetInterval(() => {}, 1000)\n`,
    )
    await project.run(['--import', preload, 'main.js'])
    expect(cached(project)).toEqual(['reads.bin'])
    await project.run(['--import', preload, 'main.js'])
    expect(cached(project)).toEqual(names)
  })
})

describe('no cache, no word of it and no file', () => {
  it('with `off`, in the environment and in the config file', async () => {
    const project = makeProject()
    expect(await start(project, { LEAKWATCH_CACHE: 'off' })).toBe(right)
    writeFileSync(join(project.folder, 'leakwatch.config.json'), '{ "cache": "off" }')
    expect(await start(project)).toBe(right)
    expect(await project.run(['--import', preload, 'main.js'], { LEAKWATCH: 'off' })).toMatchObject({
      stderr: '',
    })
    expect(existsSync(join(project.folder, 'node_modules/.cache'))).toBe(false)
  })

  it.each(['/proc/none', '/dev/null', 'main.js/folder'])('in %s', async (folder) => {
    const project = makeProject()
    expect(await start(project, { LEAKWATCH_CACHE: folder })).toBe(right)
    expect(existsSync(join(project.folder, 'node_modules/.cache'))).toBe(false)
  })

  it('in a project without packages', async () => {
    const project = makeProject()
    rmSync(join(project.folder, 'node_modules'), { recursive: true })
    expect(await start(project)).toBe(right)
    expect(readdirSync(project.folder).toSorted()).toEqual(Object.keys(files).toSorted())
  })

  it('in a folder that may not be written', async () => {
    const project = makeProject()
    const folder = join(project.folder, 'locked')
    mkdirSync(folder)
    // For root every folder is writable but that of another user, which is not used.
    if (isRoot) chownSync(folder, 12_345, 12_345)
    else chmodSync(folder, 0o500)
    expect(await start(project, { LEAKWATCH_CACHE: folder })).toBe(right)
    expect(readdirSync(folder)).toEqual([])
  })

  it.runIf(isRoot)("in another user's packages, and what another user has written is not read", async () => {
    const project = makeProject()
    await start(project)
    forge(project)
    chownSync(join(project.folder, usual, 'reads.bin'), 12_345, 12_345)
    expect(await start(project)).toBe(right)
    rmSync(join(project.folder, 'node_modules/.cache'), { recursive: true })
    chownSync(join(project.folder, 'node_modules'), 12_345, 12_345)
    expect(await start(project)).toBe(right)
    expect(existsSync(join(project.folder, 'node_modules/.cache'))).toBe(false)
  })

  it('where others could have written it', async () => {
    const project = makeProject()
    await start(project)
    forge(project)
    chmodSync(join(project.folder, usual, 'reads.bin'), 0o666)
    expect(await start(project)).toBe(right)
  })

  it.skipIf(process.platform === 'win32')('where the disk is full', async () => {
    const project = makeProject()
    writeFileSync(
      join(project.folder, 'limited.cjs'),
      `const { status, stderr } = require('node:child_process').spawnSync('sh', ['-c', 'ulimit -f 8; exec "$0" "$@"', ${JSON.stringify(node)}, '--import', ${JSON.stringify(preload)}, 'main.js'], { env: process.env })
process.stderr.write(stderr); process.exitCode = status\n`,
    )
    const limited = await project.run(['limited.cjs'], { LEAKWATCH_FORMAT: 'json' })
    expect(said(limited.code, limited.stderr)).toBe(right)
    expect(cached(project)).toEqual(['reads.bin'])
  })
})

describe('a damaged cache', () => {
  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['cut off by a byte', (bytes) => bytes.subarray(0, -1)],
    ['longer by a byte', (bytes) => Buffer.concat([bytes, Buffer.from('a')])],
    ['of random bytes', (bytes) => randomBytes(bytes.length)],
    ['of zeros', (bytes) => Buffer.alloc(bytes.length)],
    ['with one bit changed', (bytes) => changed(bytes, bytes.length >> 1)],
    ['with its head changed', (bytes) => changed(bytes, 20)],
    ['with a zeroed page', (bytes) => Buffer.from(bytes).fill(0, 64, Math.min(4096, bytes.length))],
    ['too large', () => Buffer.alloc(10_000_001)],
    ['another file', () => Buffer.from('{"a":1}\n'.repeat(1000))],
    ['whole, and random within', (bytes) => sealed(randomBytes(bytes.length)) as Buffer],
  ]

  function changed(bytes: Buffer, at: number): Buffer {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] as number) ^ 0x10
    return copy
  }

  it('is none: it is written anew', async () => {
    const project = makeProject()
    await start(project)
    await start(project)
    for (const [damage, of] of damages) {
      for (const file of cached(project).map((name) => join(project.folder, usual, name)))
        writeFileSync(file, of(readFileSync(file)))
      expect([damage, await start(project)]).toEqual([damage, right])
      expect([damage, await start(project)]).toEqual([damage, right])
      expect(cached(project)).toEqual(names)
      forge(project)
      expect(await start(project)).toBe('0: never-stopped Cached true')
    }
  }, 60_000)

  it.skipIf(process.platform === 'win32')(
    'that is a folder, a pipe or a link to nothing is no error',
    async () => {
      const project = makeProject()
      await start(project)
      await start(project)
      const [code, reads] = [codeFile(project), join(project.folder, usual, 'reads.bin')]
      for (const file of [code, reads]) rmSync(file)
      mkdirSync(code)
      symlinkSync('nowhere', reads)
      expect(await start(project)).toBe(right)
      for (const file of [code, reads]) rmSync(file, { recursive: true, force: true })
      for (const file of [code, reads]) execFileSync('mkfifo', [file])
      expect(await start(project)).toBe(right)
    },
  )
})

/** `npm run test:cache` asks for more. */
const [processes = 12, rounds = 3] = (process.env.CACHE_RACE ?? '').split(',').filter(Boolean).map(Number)

it(
  'many starts at once, a third of them killed: the others say what is right, and leave whole files',
  async () => {
    const project = makeProject()
    await race(project.folder, { processes, rounds })
    expect(cached(project).filter((name) => !name.endsWith('.tmp'))).toEqual(names)
    expect(await start(project)).toBe(right)
    forge(project)
    expect(await start(project)).toBe('0: never-stopped Cached true')
  },
  60_000 + processes * rounds * 1000,
)
