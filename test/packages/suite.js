/** Gets a package with its tests from the registry, and runs one file of them. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'

const install = [
  'install',
  '--no-audit',
  '--no-fund',
  '--ignore-scripts',
  '--prefer-offline',
  '--no-package-lock',
]
/** Node 20 runs a main module in another way after any `--import`: the bare run has one too. */
const emptyModule = 'data:text/javascript,'
/** One that takes longer has no place in the table. */
const patienceMs = 45_000

/** Packs `source`, a folder or `name@version`, and unpacks it into `folder`; gives the unpacked package's folder. */
function unpack(folder, source) {
  mkdirSync(folder, { recursive: true })
  npm(['pack', '--silent', '--pack-destination', folder, source], folder)
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['xzf', tarball], { cwd: folder })
  return join(folder, 'package')
}

/** The packed leakwatch with its dependencies. */
export function installTarball(folder, checkout) {
  const unpacked = unpack(folder, checkout)
  npm([...install, '--omit=dev'], unpacked)
  return unpacked
}

/** Only what its tests need is installed: linters and documentation tools are most of many a package's tree. */
export function installPackage(folder, { name, version, needs }) {
  const unpacked = unpack(folder, `${name}@${version}`)
  const file = join(unpacked, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  const kept = Object.entries(manifest.devDependencies ?? {}).filter(([each]) => needs.includes(each))
  writeFileSync(file, JSON.stringify({ ...manifest, devDependencies: Object.fromEntries(kept) }))
  npm([...install, '--legacy-peer-deps'], unpacked)
  return unpacked
}

function npm(args, cwd) {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: environment({}) })
}

/** Relative to the package's folder, with slashes. */
export function testFiles(folder, { tests, skip = {} }) {
  const all = readdirSync(join(folder, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, path, name }) =>
      relative(folder, join(parentPath ?? path, name))
        .split(sep)
        .join('/'),
    )
  for (const file of Object.keys(skip)) {
    if (!all.includes(file)) throw new Error(`Expected ${file} to be among the files to skip it`)
  }
  return all.filter((file) => tests.test(file) && !(file in skip)).sort()
}

/** The verdicts of its tests, how it ended, and every finding of severity `leak` of it and its children. */
export async function runTestFile({ node, folder, file, entry, preload }) {
  const reports = mkdtempSync(join(tmpdir(), 'leakwatch-reports-'))
  const settings =
    preload === null
      ? { NODE_OPTIONS: `--import ${emptyModule}` }
      : {
          NODE_OPTIONS: `--import ${preload}`,
          LEAKWATCH_FORMAT: 'none',
          LEAKWATCH_OUT: join(reports, '%p-%t-%n.json'),
        }
  try {
    const child = spawn(node, [...(entry.flags ?? []), '--test-reporter=tap', file], {
      cwd: folder,
      env: environment(settings),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk))
    const closed = once(child, 'close')
    const [code, signal] = await once(child, 'exit')
    clearTimeout(overdue)
    // What it left behind may keep its pipes open.
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2000).unref())])
    const read = readdirSync(reports).map((name) => JSON.parse(readFileSync(join(reports, name), 'utf8')))
    return {
      ending: code ?? signal,
      verdicts: verdicts(stdout),
      output: stdout + stderr,
      findings: [...new Set(read.flatMap((report) => leaksOf(report, folder)))].sort(),
      faults: read.flatMap(({ self }) => self.faults),
    }
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** Of this process, without what sets up leakwatch, Node or a test runner; with `settings`. */
export function environment(settings) {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(LEAKWATCH|NODE_|VITEST|CI$|FORCE_COLOR|npm_)/.test(key),
  )
  return { ...Object.fromEntries(inherited), ...settings }
}

/** TAP without numbers, times and whatever else is random. */
function verdicts(stdout) {
  return stdout.split('\n').flatMap((line) => {
    const [, verdict, title] = /^\s*(ok|not ok) \d+ ?-? ?(.*)$/.exec(line) ?? []
    return verdict === undefined ? [] : [`${verdict} ${title.replace(/\d+/g, 'N')}`]
  })
}

/** As `<kind> <name> at <file>:<line>`, the form in which a row of the table has it. */
function leaksOf(report, folder) {
  return report.findings
    .filter(({ severity }) => severity === 'leak')
    .map(({ kind, engine, handles }) => {
      const blamed =
        engine === null
          ? report.handles.find(({ id }) => id === handles[0])
          : report.engines.find(({ id }) => id === engine)
      const place =
        blamed.site === null
          ? 'no place'
          : `${relative(folder, blamed.site.file).split(sep).join('/')}:${blamed.site.line}`
      return `${kind} ${blamed.name} at ${place}`
    })
}
