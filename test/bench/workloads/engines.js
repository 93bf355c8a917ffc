/** An engine with an interval, made, started and stopped. */
import { setImmediate as turn } from 'node:timers/promises'
import { measure } from './measured.js'
import { Poller } from './poller.js'

function handle() {
  const poller = new Poller()
  poller.start()
  poller.stop()
}

measure(async (count) => {
  for (let index = 0; index < count; index += 1) {
    handle()
    if (index % 20 === 0) await turn()
  }
})
