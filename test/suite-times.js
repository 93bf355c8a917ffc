/**
 * How long whole test suites take without and with leakwatch, and with what their runner has of its own: wall clock, runs of the
 * ways in turn, medians of the ratios to the bare run of the same round.
 *
 *     node test/suite-times.js [rounds] [suite...]
 *
 * `NODE_UNDER_TEST` is the Node. Needs the network. Prints a row of the table in test/bench/README.md for each suite.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { environment, installPackage, installTarball, testFiles } from './packages/suite.js'
import { packages } from './packages/table.js'

const node = process.env.NODE_UNDER_TEST ?? process.execPath
const [rounds = 7, ...wanted] = process.argv.slice(2)
const checkout = fileURLToPath(new URL('..', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'leakwatch-suite-times-'))
const counted = /(?:ℹ tests|# tests|Tests) +(?:\d+ failed \| )?(\d+)/

try {
  const own = join(installTarball(join(root, 'leakwatch'), checkout), 'dist')
  const suites = { vitest: ofVitest, avvio: ofNodeTest, fastify: ofNodeTest }
  for (const [name, make] of Object.entries(suites))
    if (wanted.length === 0 || wanted.includes(name)) console.log(row(make(own, name)))
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** leakwatch's own unit tests: small files, a worker each. */
function ofVitest(own) {
  const config = (name, plugins) => {
    const file = join(root, `vitest.${name}.config.mjs`)
    writeFileSync(
      file,
      `import leakwatch from ${JSON.stringify(pathToFileURL(join(own, 'vitest.mjs')).href)}
export default { plugins: [${plugins}], test: { include: ['test/**/*.test.ts'], exclude: ['test/e2e/**'], maxWorkers: 2 } }`,
    )
    return [join(checkout, 'node_modules/vitest/vitest.mjs'), 'run', '--root', checkout, '--config', file]
  }
  const bare = config('bare', '')
  const ways = {
    bare,
    leakwatch: config('leakwatch', 'leakwatch()'),
    peer: [...bare, '--detect-async-leaks=true'],
  }
  return { name: 'leakwatch, unit tests (vitest)', cwd: checkout, ways }
}

/** The tests of a package, as it is published. */
function ofNodeTest(own, name) {
  const entry = packages.find((each) => each.name === name)
  const cwd = installPackage(join(root, name), entry)
  const bare = ['--test', ...(entry.flags ?? []), ...testFiles(cwd, entry)]
  const preload = pathToFileURL(join(own, 'node-test.mjs')).href
  return {
    name: `${name} ${entry.version} (node:test)`,
    cwd,
    ways: { bare, leakwatch: ['--import', preload, ...bare] },
  }
}

function row({ name, cwd, ways }) {
  const ratios = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
  const bareMs = []
  let tests = 0
  // The first round only warms the disk's cache.
  for (let round = 0; round <= Number(rounds); round += 1) {
    const took = {}
    const order = Object.entries(ways)
    for (const [way, args] of round % 2 === 0 ? order : order.toReversed()) {
      const from = performance.now()
      const { stdout } = spawnSync(node, args, {
        cwd,
        encoding: 'utf8',
        env: environment({ NO_COLOR: '1' }),
        maxBuffer: 2 ** 28,
      })
      took[way] = performance.now() - from
      if (way === 'bare') tests = Number(counted.exec(stdout)?.[1] ?? 0)
    }
    if (round === 0) continue
    bareMs.push(took.bare)
    for (const way of Object.keys(ways)) ratios[way].push(took[way] / took.bare)
  }
  const told = (way) =>
    ratios[way] === undefined
      ? '–'
      : `${median(ratios[way]).toFixed(2)}x (${Math.min(...ratios[way]).toFixed(2)} to ${Math.max(...ratios[way]).toFixed(2)})`
  return `| ${name} | ${tests} | ${(median(bareMs) / 1000).toFixed(1)} s | ${told('leakwatch')} | ${told('peer')} |`
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1]
}
