/**
 * CPU time of programs that are all there at once and take turns of some milliseconds: what else the machine does meets all of
 * them. What one puts off between its turns counts too.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './child.js'
import { startServer } from './load.js'

const turns = 10
/** Longer than anything is put off. */
const settleMs = 300

/** Microseconds of CPU an operation, of each program. `connects`: a connection a request. */
export async function cpuInTurns({ kind, connects = false, operations }, programs) {
  const workers = []
  try {
    for (const { share, ...program } of programs) {
      const worker = kind === 'server' ? await startServer(program, connects) : await startLoop(program)
      workers.push({ ...worker, count: Math.ceil((operations * share) / turns) })
    }
    // V8 compiles anew for some ten thousand requests: before, what is measured is that as much as the work.
    for (const { work, count } of workers) await work((count * turns) / 2)
    const before = await cpuOf(workers)
    for (let turn = 0; turn < turns; turn += 1) for (const { work, count } of workers) await work(count)
    await sleep(settleMs)
    const after = await cpuOf(workers)
    return workers.map(({ count }, at) => (after[at] - before[at]) / (count * turns))
  } finally {
    for (const { end } of workers) end()
  }
}

async function cpuOf(workers) {
  const all = []
  for (const { ask } of workers) all.push((await ask('cpu')).cpu)
  return all
}

async function startLoop(program) {
  const { ask, end } = await startChild(program)
  return { ask, end, work: (count) => ask({ count }) }
}
