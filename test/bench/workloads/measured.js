/** What a program that is measured answers: the CPU time of its own process, and that it has worked. */

/** Microseconds of CPU, user and system, all threads: collection and compilation count too. */
function cpuMicros() {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Runs `body(count)` as often as it is asked to. `body` may be asynchronous. */
export function measure(body) {
  answer(async ({ count }) => {
    await body(count)
    return {}
  })
  process.send({})
}

const figures = {
  cpu: cpuMicros,
  rss: () => process.memoryUsage.rss(),
  /** What is alive; Node has to have been started with `--expose-gc`. */
  heap() {
    globalThis.gc()
    return process.memoryUsage().heapUsed
  },
}

/** `work`: what it does when it is asked for more than its figures. */
export function answer(work) {
  process.on('message', async (message) => {
    if (message === 'end') process.exit()
    const figure = figures[message]
    process.send(figure === undefined ? await work(message) : { [message]: figure() })
  })
}
