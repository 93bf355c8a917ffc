/** What every workload does: warm up, measure the CPU time of its own process, tell it in one line. */

/** Microseconds of CPU, user and system, all threads: collection and compilation count too. */
export function cpuMicros() {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Of the operations, where what is measured costs too much for all. */
const share = Number(process.env.BENCH_SHARE ?? 1)

/**
 * Runs `body(count)` to warm up, then again, and prints the microseconds of CPU an operation of the second run, as JSON.
 * `body` may be asynchronous.
 */
export async function measure(full, body) {
  const count = Math.ceil(full * share)
  await body(Math.ceil(count / 2))
  const before = cpuMicros()
  await body(count)
  const figure = (cpuMicros() - before) / count
  process.stdout.write(`${JSON.stringify({ figure })}\n`, () => process.exit())
}
