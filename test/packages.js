/**
 * Runs the own tests of popular packages bare and with the preload in `NODE_OPTIONS`: each file has to have the same
 * verdicts and the same ending both ways, and each `leak` reported needs its row in `packages/table.js`. Needs the network.
 *
 *     node test/packages.js [package...]
 *
 * `NODE_UNDER_TEST` is the Node under test.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installPackage, installTarball, runTestFile, testFiles } from './packages/suite.js'
import { packages } from './packages/table.js'

const node = process.env.NODE_UNDER_TEST ?? process.execPath
const checkout = fileURLToPath(new URL('..', import.meta.url))
/** A test that depends on time may fail either way: a difference has to show this often in a row. */
const attempts = 2

const wanted = process.argv.slice(2)
const chosen = packages.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
const root = mkdtempSync(join(tmpdir(), 'leakwatch-packages-'))
let passed = 0
let failed = 0
try {
  const own = installTarball(join(root, 'leakwatch'), checkout)
  const preload = pathToFileURL(join(own, 'dist', 'index.mjs')).href
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  for (const entry of chosen) {
    const complaints = await comparePackage(entry, preload, version)
    if (complaints.length === 0) passed++
    else failed++
    for (const complaint of complaints) console.log(`    ${complaint.replaceAll('\n', '\n    ')}`)
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
// Not a name that is in the table, or none: nothing was tested.
process.exitCode = failed > 0 || passed === 0 ? 1 : 0

/** What is wrong with it, a line each; prints its own line. */
async function comparePackage(entry, preload, version) {
  const from = Date.now()
  const folder = installPackage(join(root, entry.name.replace('/', '-')), entry)
  const files = testFiles(folder, entry)
  const results = []
  const queue = [...files]
  const drain = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      results.push(await compareFile(folder, file, entry, preload))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, drain))
  const complaints = results.flatMap((each) => each.complaints)
  const sum = (key) => results.reduce((total, each) => total + each[key], 0)
  if (sum('ok') === 0) complaints.push('none of its tests passed: expected at least one')
  for (const { finding, files } of staleRows(entry, results)) {
    complaints.push(`${finding} is in the table for ${files}, and was not reported`)
  }
  const took = Math.round((Date.now() - from) / 1000)
  const counts = `${files.length} files, ${sum('ok')} ok, ${sum('notOk')} not ok both ways, ${sum('leaks')} leaks explained`
  const retried = sum('retries') === 0 ? '' : `, ${sum('retries')} run again`
  console.log(
    `${complaints.length === 0 ? '✔' : '✖'} ${entry.name} ${entry.version} on ${version}: ${counts}${retried}, ${took} s`,
  )
  return complaints
}

/** Rows that explain nothing any more. */
function staleRows({ leaks = [] }, results) {
  return leaks.filter((row) => {
    return (
      !row.sometimes &&
      !results.some((each) => each.findings.some((finding) => explains(row, each.file, finding)))
    )
  })
}

function explains(row, file, finding) {
  return row.files.test(file) && row.finding.test(finding)
}

async function compareFile(folder, file, entry, preload) {
  let last
  for (let attempt = 0; attempt < attempts; attempt++) {
    const bare = await runTestFile({ node, folder, file, entry, preload: null })
    const watched = await runTestFile({ node, folder, file, entry, preload })
    const complaints = [...differences(bare, watched), ...unexplained(file, watched.findings, entry)].map(
      (complaint) => `${file}: ${complaint}`,
    )
    const { length: ok } = watched.verdicts.filter((verdict) => verdict.startsWith('ok'))
    last = {
      file,
      complaints,
      ok,
      notOk: watched.verdicts.length - ok,
      findings: watched.findings,
      leaks: watched.findings.length,
      retries: attempt,
    }
    if (complaints.length === 0) break
  }
  return last
}

function differences(bare, watched) {
  const found = []
  if (bare.ending === 'SIGKILL') found.push('does not end without leakwatch either: skip it')
  if (bare.ending !== watched.ending)
    found.push(`ended with ${bare.ending} bare, with ${watched.ending} watched`)
  const lost = without(bare.verdicts, watched.verdicts)
  const gained = without(watched.verdicts, bare.verdicts)
  if (lost.length > 0) found.push(`only bare: ${lost.join('; ')}`)
  if (gained.length > 0) found.push(`only watched: ${gained.join('; ')}\n${watched.output.slice(-3000)}`)
  for (const fault of watched.faults) found.push(`fault of leakwatch's: ${fault}`)
  return found
}

/** As multisets: two tests may have the same title. */
function without(these, those) {
  const left = [...those]
  return these.filter((each) => {
    const index = left.indexOf(each)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}

function unexplained(file, findings, { leaks = [] }) {
  return findings
    .filter((finding) => !leaks.some((row) => explains(row, file, finding)))
    .map((finding) => `unexplained \`${finding}\``)
}
