/**
 * Runs the programs in `fixtures/libraries` against the real libraries, which it installs first, and against real servers on their standard
 * ports of 127.0.0.1. A program whose server does not answer is skipped; with `LEAKWATCH_TEST_SERVICES=required` it fails. Needs the network once.
 * Beside them it runs a fleet of processes that Prometheus scrapes, where that is installed.
 *
 *     node test/services/run.js           # the newest versions
 *     node test/services/run.js oldest    # the oldest that are known by name, and run on these Nodes
 *
 * `NODE_UNDER_TEST` is the Node under test.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cache } from '../fetch-nodes.js'
import { conclude, runVitest } from '../run-vitest.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const age = process.argv[2] === 'oldest' ? 'oldest' : 'newest'
const folder = join(cache, `libraries-${age}`)
/** Of each package the newest and the oldest. */
const versions = Object.entries(JSON.parse(readFileSync(new URL('versions.json', import.meta.url), 'utf8')))

install()
const mode = process.env.LEAKWATCH_TEST_SERVICES ?? 'on'
// leakwatch, which watches its own tests, knows no such setting.
delete process.env.LEAKWATCH_TEST_SERVICES
const { passed, failures } = runVitest(
  'test/services',
  { TEST_SERVICES: mode, TEST_LIBRARIES: age },
  'services',
)
conclude(passed, failures)

/** The programs find the libraries in a `node_modules` beside them. */
function install() {
  mkdirSync(folder, { recursive: true })
  const manifest = join(folder, 'package.json')
  const dependencies = Object.fromEntries(
    versions.map(([name, [newest, oldest]]) => [name, age === 'newest' ? newest : oldest]),
  )
  const wanted = `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`
  if (!existsSync(manifest) || readFileSync(manifest, 'utf8') !== wanted) {
    writeFileSync(manifest, wanted)
    try {
      // Each library is on its own here. What one can be used with (typeorm: ioredis 5) says nothing of the version of the other that is tried.
      const flags = ['--legacy-peer-deps', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
      execFileSync('npm', ['install', ...flags], { cwd: folder, stdio: 'inherit' })
    } catch (error) {
      rmSync(manifest)
      throw error
    }
  }
  const link = join(root, 'fixtures', 'libraries', 'node_modules')
  rmSync(link, { recursive: true, force: true })
  symlinkSync(join(folder, 'node_modules'), link, 'junction')
}
