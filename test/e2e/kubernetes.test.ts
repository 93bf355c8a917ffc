/** The recipes of `leakwatch init kubernetes` without a cluster: its variables, paths and commands, in folders. */
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Container, type Manifest, manifests, specOf } from '../cli/monitoring/manifests.ts'
import { installPacked, type Packed, run } from './packed.ts'
import { engine, nodeVersion, readReports } from './program.ts'
import { Place } from './running.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

const program = `${engine}globalThis.kept = new Engine()
kept.start()
setInterval(() => {}, 1000)
process.stdout.write('ready\\n')
`

describe.skipIf(process.platform === 'win32')(`in Kubernetes, on Node ${nodeVersion}`, () => {
  let packed: Packed
  let place: Place
  let text = ''
  /** What is mounted where. */
  let volumes = ''

  beforeAll(async () => {
    packed = installPacked([])
    place = new Place()
    volumes = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-volumes-')))
    const bin = join(packed.folder, 'node_modules', 'leakwatch', 'bin', 'leakwatch.js')
    const { stdout, ending } = await run([bin, 'init', 'kubernetes'], packed.folder)
    expect(ending).toBe(0)
    text = stdout
  })
  afterAll(async () => {
    await place?.clear()
    for (const folder of [packed?.folder, volumes]) rmSync(folder, { recursive: true, force: true })
  })

  const named = (kind: string, name: string) =>
    manifests(text).find((each) => each.kind === kind && each.metadata.name === name) as Manifest
  const podOf = (name: string) => {
    const { initContainers = [], containers } = specOf(named('Deployment', name)) ?? { containers: [] }
    return { copier: initContainers[0], app: containers[0] as Container }
  }
  /** As the container sees it: what is mounted is in one folder, and the image with leakwatch is the package, installed. */
  const inside = (path: string, mounts: string) =>
    path.replace(/(^|\s)(\/(?:leakwatch|injected|reports)\b)/g, `$1${mounts}$2`)

  function environmentOf({ env = [], envFrom = [] }: Container, mounts: string): Record<string, string> {
    const maps = envFrom.map(({ configMapRef: { name } }) => named('ConfigMap', name).data ?? {})
    const own = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))
    const all: Record<string, string> = Object.assign({}, ...maps, Object.fromEntries(own))
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, inside(value, mounts)]))
  }

  /** What the recipes say to run in a pod of this name. */
  const commandsFor = (deployment: string) =>
    [...text.matchAll(/kubectl exec (?:-it )?deploy\/(\S+) -c app -- (.+)/g)]
      .filter(([, name]) => name === deployment)
      .map(([, , command = '']) => command)

  /** Starts the program in `folder`, gives what each command says of it, and the report that is on the volume once it has ended. */
  async function watched(deployment: string, folder: string, mounts: string) {
    const env = environmentOf(podOf(deployment).app, mounts)
    writeFileSync(join(folder, 'app.mjs'), program)
    const command = [process.env.NODE_UNDER_TEST ?? process.execPath, join(folder, 'app.mjs')]
    const running = await place.start('', { command, env })
    await place.told(running)
    const told = commandsFor(deployment).map((line) => {
      // Nobody else is asked, as there is nobody else in a container.
      const own = inside(line, mounts).replace(/--all$|(?<=top)$/, ` ${running.pid}`)
      return execFileSync('sh', ['-c', own], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: place.temporary, ...env },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    })
    await running.kill('SIGTERM')
    return { pid: running.pid, told, reports: readReports(env.LEAKWATCH_OUT as string) }
  }

  it('an image with leakwatch is watched, asked from within, and its reports are on the volume', async () => {
    const { pid, told, reports } = await watched('shop', packed.folder, join(volumes, 'a'))
    expect(told).toHaveLength(3)
    expect(told[0]).toMatch(new RegExp(`^ *${pid}  shop `, 'm'))
    expect(told[1]).toMatch(/^ +(?:running +)?Engine +\S*app\.mjs:\d+$/m)
    expect(told[2]).toMatch(/^leakwatch top: 1 process/)
    // Nor have the commands, which run with the same variables, left reports.
    expect(reports.map((each) => [each.process.pid, each.trigger])).toEqual([[pid, 'exit']])
  })

  it('an image without leakwatch is, too, by what an init container has copied', async () => {
    const mounts = join(volumes, 'b')
    mkdirSync(join(mounts, 'injected'), { recursive: true })
    const [command = '', ...args] = podOf('shop-injected').copier?.command ?? []
    const image = (path: string) => path.replace(/^\/leakwatch(?=\/)/, packed.folder)
    execFileSync(
      command,
      args.map((each) => inside(image(each), mounts)),
    )
    execFileSync('mv', [join(mounts, 'injected'), join(mounts, 'leakwatch')])
    const folder = join(mounts, 'app')
    mkdirSync(folder)
    const { pid, told, reports } = await watched('shop-injected', folder, mounts)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^ +(?:running +)?Engine +\S*app\.mjs:\d+$/m)
    expect(reports.map((each) => [each.process.pid, each.trigger])).toEqual([[pid, 'exit']])
    expect(readdirSync(folder)).toEqual(['app.mjs'])
  })

  it('the reports of all pods are shown, and the same text is in the package', async () => {
    const line =
      /kubectl exec leakwatch-reports -- npx --yes (leakwatch show \/reports)/.exec(text)?.[1] ?? ''
    const all = join(volumes, 'c')
    // A folder for each pod.
    for (const pod of ['a', 'b'])
      execFileSync('cp', ['-r', join(volumes, pod, 'reports'), join(...made(all, 'reports'), pod)])
    const shown = execFileSync('npx', inside(line, all).split(' '), { cwd: packed.folder, encoding: 'utf8' })
    expect(shown.match(/^leakwatch: 2 warnings in app\.mjs /gm)).toHaveLength(2)
    expect(
      readFileSync(join(packed.folder, 'node_modules/leakwatch/dist/cli/monitoring/kubernetes.yml'), 'utf8'),
    ).toBe(text)
  })

  function made(...path: string[]): string[] {
    mkdirSync(join(...path), { recursive: true })
    return path
  }
})
