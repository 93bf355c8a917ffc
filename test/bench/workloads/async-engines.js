/** An engine whose start and stop are asynchronous, as most are. */
import { measure } from './measured.js'

class Poller {
  #timer

  async start() {
    await null
    this.#timer = setInterval(() => {}, 1000)
  }

  async stop() {
    clearInterval(this.#timer)
    await null
  }
}

async function handle() {
  const poller = new Poller()
  await poller.start()
  await poller.stop()
}

measure(async (count) => {
  for (let index = 0; index < count; index += 20) await Promise.all(Array.from({ length: 20 }, handle))
})
