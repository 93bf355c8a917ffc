/** How long `reportSync()` takes with so many live handles: `BENCH_HANDLES`. Only with leakwatch. */
import { reportSync } from '../../../dist/index.js'

const handles = Number(process.env.BENCH_HANDLES)
const kept = []

function open() {
  kept.push(setInterval(() => {}, 1e8))
}

for (let index = 0; index < handles; index += 1) open()
await new Promise((resolve) => setTimeout(resolve, 300))
const from = process.hrtime.bigint()
const { findings } = reportSync()
const ms = Number(process.hrtime.bigint() - from) / 1e6
if (findings.length === 0) throw new Error('the report shows no leak')
process.stdout.write(`${JSON.stringify({ figure: ms })}\n`, () => process.exit())
