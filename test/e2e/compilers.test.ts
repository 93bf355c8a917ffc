/** A TypeScript service run by each compiler that `test/runners.js` has fetched: it runs as without, and the line is that of its source. */
import { execFileSync } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import { node, nodeVersion, preload, required } from './program.ts'
import { Project } from './project.ts'

vi.setConfig({ maxConcurrency: 2, testTimeout: 180_000 })

const fetched = process.env.RUNNER_UNDER_TEST ?? ''
const isFetched = basename(fetched) === 'ts-node'
const title = isFetched ? `on Node ${nodeVersion}` : 'run by `npm run test:runners`'
/** Beside the runner under test. */
const packages = dirname(fetched)
const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
const stripsTypes = major > 22 || (major === 22 && minor >= 18)

/** Lines that a compiler takes away stand before the leak; `options` is no code that Node strips. */
const service = (options: string) => `interface Ticking { start(): void; stop(): void }
type Options = { everyMs: number }

class OrderEngine implements Ticking {
  private timer: ReturnType<typeof setInterval> | undefined
  ${options}
  start(): void {
    this.timer = setInterval((): void => {}, this.options.everyMs)
  }
  stop(): void { clearInterval(this.timer) }
}

interface Unused {
  a: string
}

async function main(): Promise<void> {
  const unused: Unused | null = null
  const engine: Ticking = new OrderEngine({ everyMs: 1000 })
  engine.start()
  await new Promise((resolve) => setTimeout(resolve, 20))
  console.log('ran', unused)
  process.exit(3)
}

void main()
`
const line = 20
const bin = (path: string) => join(packages, path)

interface Way {
  title: string
  args: readonly string[]
  isImportable?: boolean
  skip?: boolean
}

const ways: readonly Way[] = [
  { title: 'ts-node', args: [bin('ts-node/dist/bin.js'), 'service.ts'] },
  { title: 'ts-node/register', args: ['-r', 'ts-node/register', 'service.ts'] },
  { title: '@swc-node/register', args: ['-r', '@swc-node/register', 'service.ts'] },
  { title: '@swc/register', args: ['-r', '@swc/register', 'service.ts'] },
  { title: '@babel/register', args: ['-r', './babel.cjs', 'service.ts'] },
  { title: 'tsx', args: [bin('tsx/dist/cli.mjs'), 'service.ts'], isImportable: true },
  { title: 'tsx/cjs', args: ['-r', 'tsx/cjs', 'service.ts'] },
  { title: 'vite-node', args: [bin('vite-node/dist/cli.mjs'), 'service.ts'], isImportable: true },
  { title: 'type stripping', args: ['stripped.ts'], isImportable: true, skip: !stripsTypes },
  { title: 'tsc, with maps', args: ['built/service.js'], isImportable: true },
  { title: 'esbuild, with maps', args: ['out/service.js'], isImportable: true },
  { title: 'esbuild, with inline maps', args: ['out/inline.js'], isImportable: true },
]

let project: Project

beforeAll(() => {
  if (!isFetched) return
  const names = [
    'ts-node',
    '@swc-node',
    '@swc',
    '@babel',
    'tsx',
    'esbuild',
    'typescript',
    '@types',
    'vite-node',
  ]
  project = new Project(
    {
      'package.json': '{ "name": "service", "type": "commonjs" }',
      'service.ts': service('constructor(private readonly options: Options) {}'),
      'stripped.ts': service(
        'private readonly options: Options; constructor(options: Options) { this.options = options }',
      ),
      'tsconfig.json': JSON.stringify({
        compilerOptions: { target: 'es2022', module: 'commonjs', strict: true, types: ['node'] },
        files: ['service.ts'],
      }),
      'babel.cjs': "require('@babel/register')({ extensions: ['.ts'], cache: false })",
      '.babelrc.json': JSON.stringify({
        presets: [['@babel/preset-env', { targets: { node: '20' } }], '@babel/preset-typescript'],
      }),
      '.swcrc': JSON.stringify({
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      }),
    },
    Object.fromEntries(names.map((name) => [name, join(packages, name)])),
  )
  const esbuild = (...args: string[]) =>
    execFileSync(bin('esbuild/bin/esbuild'), ['service.ts', '--bundle', '--platform=node', ...args], {
      cwd: project.folder,
      stdio: 'ignore',
    })
  const tsc = ['--sourceMap', '--outDir', 'built', '--skipLibCheck', '--project', 'tsconfig.json']
  execFileSync(node, [bin('typescript/bin/tsc'), ...tsc], { cwd: project.folder, stdio: 'ignore' })
  esbuild('--sourcemap', '--outfile=out/service.js')
  esbuild('--sourcemap=inline', '--outfile=out/inline.js')
}, 60_000)

afterAll(() => project?.remove())

describe.skipIf(!isFetched)(`a TypeScript service, ${title}`, () => {
  for (const { title, args, isImportable = false, skip = false } of ways) {
    const preloads = [`--require=${required}`, ...(isImportable ? [`--import=${preload}`] : [])]
    for (const option of preloads) {
      it.skipIf(skip).concurrent(`by ${title}, with ${option.slice(0, 9)}`, async ({ expect }) => {
        const bare = await project.run(args)
        const watched = await project.run(args, { NODE_OPTIONS: option, LEAKWATCH_FORMAT: 'ndjson' })
        const findings = watched.stderr
          .split('\n')
          .filter((text) => text.includes('"leakwatch.finding"'))
          .map((text) => JSON.parse(text))
          .filter(({ severity }) => severity === 'leak')
        expect(bare.output).toContain('ran null')
        expect(watched.code).toBe(bare.code)
        expect(watched.output.startsWith('ran null\n')).toBe(true)
        expect(findings.map(({ name, site }) => `${name} ${basename(site.file)}:${site.line}`)).toEqual([
          `OrderEngine ${args.at(-1) === 'stripped.ts' ? 'stripped' : 'service'}.ts:${line}`,
        ])
      })
    }
  }
})
