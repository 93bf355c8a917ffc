/**
 * What runners say by themselves of the test files of `fixtures/suites`, each in a run of its own: `node test/peers.js [jest...]`,
 * after `npm run test:runners`, which installs them. `NODE_UNDER_TEST` is the Node. Prints a row of the table in src/runners/README.md for each.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suiteRunners, writeSuite } from './e2e/suite.ts'
import { cache } from './fetch-nodes.js'

const folders = join(cache, 'runners')
const node = process.env.NODE_UNDER_TEST ?? process.execPath
/** A run that has not ended by then does not end. */
const patienceMs = 12_000
const atOnce = 2

/** `accuses`: what it says where it has found something. `command`: what comes before the file. */
const peers = {
  vitest: {
    label: '`vitest --detect-async-leaks`',
    command: (packages) => [join(packages, 'vitest/vitest.mjs'), 'run', '--detect-async-leaks=true'],
    accuses: /Async Leaks/,
  },
  jest: {
    label: '`jest --detectOpenHandles`',
    command: (packages) => [join(packages, 'jest/bin/jest.js'), '--detectOpenHandles=true'],
    accuses: /open handles? potentially/,
  },
  'node-test': { label: '`node --test`', command: () => ['--test'], accuses: /$^/ },
  mocha: { label: '`mocha`', command: (packages) => [join(packages, 'mocha/bin/mocha.js')], accuses: /$^/ },
}

function run(cwd, args) {
  const child = spawn(node, args, { cwd, env: { ...process.env, NO_COLOR: '1' }, detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  // Those that it has started, too.
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), patienceMs)
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ isRed: code !== 0 && signal === null, hangs: signal !== null, output })
    })
  })
}

async function countsOf(name, { command, accuses }, folder) {
  const packages = join(folders, `suites-${name}`, 'node_modules')
  const { files: _, ...runner } = suiteRunners[name](packages)
  const counts = { told: 0, red: 0, hangs: 0, accused: 0 }
  for (const kind of ['leaky', 'clean']) {
    const project = join(folder, `${name}-${kind}`)
    const expected = writeSuite(project, packages, runner, kind)
    const queue = readdirSync(project).filter((file) => file.endsWith(runner.extension))
    const drain = async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        const { isRed, hangs, output } = await run(project, [...command(packages), file])
        const place = expected.find((each) => each.startsWith(`${file}:`))?.split(' ')[0] ?? '-'
        if (kind === 'clean') counts.accused += isRed || hangs || accuses.test(output) ? 1 : 0
        else {
          counts.told += accuses.test(output) && output.includes(`${place}:`) ? 1 : 0
          counts.red += isRed ? 1 : 0
          counts.hangs += hangs ? 1 : 0
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, drain))
  }
  return counts
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-peers-')))
const wanted = process.argv.slice(2)
try {
  for (const [name, peer] of Object.entries(peers)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const { told, red, hangs, accused } = await countsOf(name, peer, folder)
    console.log(`| ${peer.label} | ${told} | ${red} | ${hangs} | ${accused} |`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
