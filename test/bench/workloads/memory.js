/** What a live handle takes: the heap after a collection, with and without them. Needs `--expose-gc`. */
import { setTimeout as sleep } from 'node:timers/promises'

const handles = 100_000
const kept = []

async function heap() {
  // leakwatch looks at young handles for a tenth of a second.
  await sleep(300)
  for (let turn = 0; turn < 4; turn += 1) global.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function open() {
  kept.push(setInterval(() => {}, 1e8))
}

const empty = await heap()
for (let index = 0; index < handles; index += 1) open()
const bytes = ((await heap()) - empty) / handles
process.stdout.write(`${JSON.stringify({ figure: bytes })}\n`, () => process.exit())
