/**
 * What leakwatch and its peers cost: `npm run bench`. Bare program and variants take turns in one run, so that what else the
 * machine does meets all of them; each round gives a ratio (or a difference), of which the median and the spread are told.
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { fetchNodes } from '../fetch-nodes.js'
import { makeLibraryPrograms } from './libraries.js'
import { makeProgram } from './modules.js'
import { soak } from './soak.js'
import { markdown, median, summary, writeTables } from './table.js'
import { cpuInTurns } from './turns.js'
import { bare, cacheFolder, figures, variants } from './variants.js'
import { workloads } from './workloads.js'

/** The first runs all variants, the others leakwatch alone. */
const majors = ['24', '20', '22', '26']

const command = new Command('bench')
  .argument('[kind]', 'workloads of one kind alone: `start`, `server`, `loop` or `figure`')
  .option(
    '--node <majors...>',
    'Node majors, fetched from the npm registry (default: the one that runs this)',
  )
  .option('--all-nodes', 'each supported Node: all variants on 24, leakwatch alone on the others')
  .option('--rounds <n>', 'turns of each variant', Number, 5)
  .option('--only <text>', 'workloads whose name has this in it', '')
  .option('--variant <text>', 'variants whose name begins with this', '')
  .option('--write', 'write the tables into test/bench/README.md and the README')
  .option('--soak <seconds>', 'only the soak, so long: memory of a server under full load', Number)
  .parse()
const options = command.opts()
const [chosenKind] = command.args

/** The figures of one turn of each variant, in the workload's unit. */
async function figuresOf(workload, compared, binary) {
  const file = fileURLToPath(new URL(`workloads/${workload.file}`, import.meta.url))
  const given = compared.map(({ argv, env, share = 1, isCold = false }) => ({
    file,
    binary,
    argv,
    share,
    isCold,
    env: {
      ...process.env,
      // Who waits for his turn saves up for stacks: this way it is in his own time what it would be without the others.
      ...(workload.operations === undefined ? {} : { LEAKWATCH_STACK_BUDGET: String(1 / compared.length) }),
      LEAKWATCH_CACHE: 'off',
      ...env,
      ...workload.env,
      LEAKWATCH_FORMAT: 'none',
    },
  }))
  if (workload.operations !== undefined) return cpuInTurns(workload, given)
  return workload.kind === 'start' ? startUps(workload, given) : given.map(told)
}

/** What a program says of itself. */
function told({ file, binary, argv, env }) {
  const out = execFileSync(binary, ['--expose-gc', ...argv, file], { env, encoding: 'utf8' })
  // Peers tell things of their own.
  return JSON.parse(out.trimEnd().split('\n').at(-1)).figure
}

const programs = new Map()
const launches = 7

/** Milliseconds from launch to end, of each the least: what else the machine does only adds to it. Of several programs, the sum. */
function startUps(workload, given) {
  const perProgram = mainsOf(workload).map((program) => leastOf(program, given))
  return given.map((_, at) => perProgram.reduce((sum, least) => sum + least[at], 0))
}

/** What stands after Node's own options, of each program. */
function mainsOf({ modules, libraries }) {
  if (libraries) return made('libraries', makeLibraryPrograms).mains.map((main) => [main])
  return [modules === undefined ? ['-e', '0'] : [made(modules, () => makeProgram(modules)).main]]
}

function made(key, make) {
  if (!programs.has(key)) programs.set(key, make())
  return programs.get(key)
}

function leastOf(program, given) {
  const least = given.map(() => Infinity)
  for (let launch = 0; launch < launches; launch += 1)
    for (const [at, each] of given.entries()) least[at] = Math.min(least[at], startUp(program, each))
  return least
}

function startUp(program, { binary, argv, env, isCold }) {
  if (isCold) rmSync(env.LEAKWATCH_CACHE, { recursive: true, force: true })
  const from = process.hrtime.bigint()
  execFileSync(binary, [...argv, ...program], { env, stdio: 'ignore' })
  return Number(process.hrtime.bigint() - from) / 1e6
}

/** One workload: the bare figures, and each variant's ratios to them or differences from them. */
async function measure(workload, binary, isFirst) {
  const suitable = variants.filter(({ kind = workload.kind }) => kind === workload.kind)
  const compared = (workload.only ? figures : suitable).filter(({ name, kind }) =>
    isFirst ? name.startsWith(options.variant) : name === 'leakwatch' || kind !== undefined,
  )
  // A program that waits for seconds, as beside a peer, is another when its turn comes.
  const slow = compared.filter(({ share }) => share !== undefined)
  const quick = compared.filter((each) => !slow.includes(each))
  const [measured, peers] = [await compare(workload, quick, binary), await compare(workload, slow, binary)]
  return {
    ...measured,
    bare: measured.bare ?? peers.bare,
    results: new Map([...measured.results, ...peers.results]),
  }
}

async function compare(workload, compared, binary) {
  if (compared.length === 0) return { workload, bare: null, results: new Map() }
  const all = workload.only ? compared : [bare, ...compared]
  const rounds = []
  while (rounds.length < options.rounds) rounds.push(await figuresOf(workload, all, binary))
  const bareFigures = workload.only ? [] : rounds.map(([figure]) => figure)
  const relative = (figure, base) =>
    base === undefined ? figure : workload.differs ? figure - base : figure / base
  const results = compared.map((each) => {
    const at = all.indexOf(each)
    return [each.name, rounds.map((figures, index) => relative(figures[at], bareFigures[index]))]
  })
  return { workload, bare: workload.only ? null : median(bareFigures), results: new Map(results) }
}

function chosenNodes() {
  const { node, allNodes } = options
  if (node === undefined && !allNodes) return [{ version: process.versions.node, binary: process.execPath }]
  return fetchNodes(node ?? majors)
}

function chosenWorkloads() {
  return workloads.filter(
    ({ name, kind }) => name.includes(options.only) && (chosenKind === undefined || kind === chosenKind),
  )
}

async function benchAll() {
  const all = []
  try {
    for (const [index, { version, binary }] of chosenNodes().entries()) {
      for (const workload of chosenWorkloads()) {
        const measured = { version, ...(await measure(workload, binary, index === 0)) }
        console.log(summary(measured))
        all.push(measured)
      }
    }
  } finally {
    for (const { undo } of programs.values()) undo()
    for (const folder of [cacheFolder, `${cacheFolder}-cold`])
      rmSync(folder, { recursive: true, force: true })
  }
  console.log(`\n${markdown(all)}`)
  if (options.write) writeTables(all)
}

if (options.soak === undefined) await benchAll()
else for (const { binary, version } of chosenNodes()) console.log(await soak(binary, version, options.soak))
