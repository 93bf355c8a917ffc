/** What every workload does: warm up, measure the CPU time of its own process, tell it in one line. */

/** Microseconds of CPU, user and system, all threads: collection and compilation count too. */
export function cpuMicros() {
  const { user, system } = process.cpuUsage()
  return user + system
}

/**
 * Runs `body(count)` to warm up, then again, and prints the microseconds of CPU an operation of the second run, as JSON.
 * `body` may be asynchronous.
 */
export async function measure(count, body, { warmUp = Math.ceil(count / 2) } = {}) {
  await body(warmUp)
  const before = cpuMicros()
  await body(count)
  tell((cpuMicros() - before) / count)
}

export function tell(micros) {
  process.stdout.write(`${JSON.stringify({ micros })}\n`, () => process.exit())
}
